// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <pthread.h>

namespace tusk::center {

// A mutex for processes that share the memory it lies in, with a cache line to itself. Made once,
// by StripedCenter::initialize(); never destroyed, since it holds nothing but that memory.
class alignas(64) StripeLock {
 public:
  StripeLock();
  StripeLock(const StripeLock&) = delete;
  StripeLock& operator=(const StripeLock&) = delete;

  // Throws Error(internal) if a process died with the lock.
  void lock();
  void unlock();

 private:
  pthread_mutex_t mutex_;
};

}  // namespace tusk::center
