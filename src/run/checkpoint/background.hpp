// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <exception>
#include <functional>
#include <thread>

#include "tusk/error.hpp"

namespace tusk::checkpoint {

// Work in a thread of its own, beside the training: the writing of a checkpoint. It calls no MPI.
class Background {
 public:
  Background() = default;
  ~Background();  // waits
  Background(const Background&) = delete;
  Background& operator=(const Background&) = delete;

  // Begins; an earlier work must have been taken.
  void start(std::function<void()> work);

  bool busy() const { return thread_.joinable(); }  // started, and not yet taken
  bool done() const { return busy() && done_; }

  // Waits for the end of the work and throws what it threw.
  void take();

 private:
  std::thread thread_;
  std::atomic<bool> done_ = false;
  std::exception_ptr error_;
};

}  // namespace tusk::checkpoint
