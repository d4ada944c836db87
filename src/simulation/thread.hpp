// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include <pthread.h>

namespace tusk::simulation {

// A thread with the stack that a training step needs (matrix products keep up to 4 MiB there),
// whatever `ulimit -s` says; only what is touched takes memory. Joins at its end.
class Thread {
 public:
  // Error(internal) if the system gives no more threads. `body` throws nothing.
  explicit Thread(std::function<void()> body);
  ~Thread();
  Thread(const Thread&) = delete;
  Thread& operator=(const Thread&) = delete;

 private:
  std::function<void()> body_;
  pthread_t handle_{};
};

}  // namespace tusk::simulation
