// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "tusk/error.hpp"

namespace tusk::mpi {

// Guards a stretch of MPI calls that may never return and cannot be cancelled, such as a flush of a
// broken rma window: unless the object is destroyed within `limit`, a thread of its own hands
// `error` to the EndJob that `main` gave to Environment, which ends the job. Throwing would not
// help, since the main thread is inside MPI. The other way out, an answer in time, costs one
// short-lived thread.
class Deadline {
 public:
  Deadline(std::chrono::milliseconds limit, Error error);
  ~Deadline();
  Deadline(const Deadline&) = delete;
  Deadline& operator=(const Deadline&) = delete;

 private:
  void watch(std::chrono::milliseconds limit);

  Error error_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool met_ = false;
  std::thread thread_;
};

}  // namespace tusk::mpi
