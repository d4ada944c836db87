// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>

#include <pthread.h>

namespace tusk::simulation {

// A thread with a stack of a given size, whatever `ulimit -s` says; only what is touched of it
// takes memory. Joins at its end.
class Thread {
 public:
  // Error(internal) if the system gives no more threads. `body` throws nothing.
  Thread(std::size_t stack_bytes, std::function<void()> body);
  ~Thread();
  Thread(const Thread&) = delete;
  Thread& operator=(const Thread&) = delete;

 private:
  std::function<void()> body_;
  pthread_t handle_{};
};

}  // namespace tusk::simulation
