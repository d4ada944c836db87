// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <csignal>

namespace tusk {

// Signals are the main thread's business: while one of these lives no signal reaches the thread
// that made it, and a thread that is started meanwhile inherits that for good.
class SignalsBlocked {
 public:
  SignalsBlocked() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~SignalsBlocked() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  SignalsBlocked(const SignalsBlocked&) = delete;
  SignalsBlocked& operator=(const SignalsBlocked&) = delete;

 private:
  sigset_t before_{};
};

}  // namespace tusk
