// SPDX-License-Identifier: Apache-2.0
#include "run/checkpoint/background.hpp"

#include <utility>

#include "core/signals_blocked.hpp"

namespace tusk::checkpoint {

Background::~Background() {
  if (thread_.joinable()) thread_.join();
}

void Background::start(std::function<void()> work) {
  if (busy()) fail(ExitCode::internal, "a checkpoint is still being written");
  done_ = false;
  error_ = nullptr;
  const SignalsBlocked blocked;
  thread_ = std::thread([this, work = std::move(work)]() mutable {
    try {
      work();
    } catch (...) {
      error_ = std::current_exception();
    }
    work = nullptr;  // its memory, before anyone hears of it
    done_ = true;
  });
}

void Background::take() {
  if (!busy()) return;
  thread_.join();
  if (error_) std::rethrow_exception(std::exchange(error_, nullptr));
}

}  // namespace tusk::checkpoint
