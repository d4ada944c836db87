// SPDX-License-Identifier: Apache-2.0
#include "exchange/center/stripe_lock.hpp"

#include <cerrno>
#include <system_error>

#include "tusk/error.hpp"

namespace tusk::center {
namespace {

void check(int code, const char* call) {
  if (code != 0) {
    fail(ExitCode::internal, "{} failed: {}", call, std::generic_category().message(code));
  }
}

}  // namespace

StripeLock::StripeLock() {
  pthread_mutexattr_t attributes;
  check(pthread_mutexattr_init(&attributes), "pthread_mutexattr_init");
  check(pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED),
        "pthread_mutexattr_setpshared");
  check(pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST),
        "pthread_mutexattr_setrobust");
  check(pthread_mutex_init(&mutex_, &attributes), "pthread_mutex_init");
  pthread_mutexattr_destroy(&attributes);
}

void StripeLock::lock() {
  const int code = pthread_mutex_lock(&mutex_);
  if (code == 0) return;
  // Unlocked without repair, the mutex gives ENOTRECOVERABLE to everybody else: so they learn of
  // it.
  if (code == EOWNERDEAD) pthread_mutex_unlock(&mutex_);
  if (code == EOWNERDEAD || code == ENOTRECOVERABLE) {
    fail(ExitCode::internal, "a process of the job died while it was changing the center");
  }
  check(code, "pthread_mutex_lock");
}

void StripeLock::unlock() { pthread_mutex_unlock(&mutex_); }

}  // namespace tusk::center
