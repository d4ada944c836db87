// SPDX-License-Identifier: Apache-2.0
#include "data/samples/prefetcher.hpp"

#include <system_error>
#include <utility>

#include "core/signals_blocked.hpp"
#include "tusk/error.hpp"

namespace tusk::samples {

Prefetcher::Prefetcher(Options options, Fill fill, const SampleLayout& layout, std::size_t capacity)
    : options_(options),
      fill_(std::move(fill)),
      windows_{SampleWindow(layout, capacity), SampleWindow(layout, capacity)},
      free_{&windows_[0], &windows_[1]} {}

Prefetcher::~Prefetcher() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
    ++generation_;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

bool Prefetcher::may_read() const {
  return !error_ && !free_.empty() && (options_.epochs == 0 || to_read_.epoch <= options_.epochs);
}

void Prefetcher::advance(Ticket& ticket) const {
  if (++ticket.index < options_.windows) return;
  ticket = {ticket.epoch + 1, 0};
}

void Prefetcher::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return stop_ || may_read(); });
    if (stop_) return;
    SampleWindow* const window = free_.front();
    free_.pop_front();
    const Ticket ticket = to_read_;
    advance(to_read_);
    const std::uint64_t generation = generation_;
    lock.unlock();
    bool filled = false;
    std::exception_ptr error;
    try {
      filled =
          fill_(*window, ticket.epoch, ticket.index, [&] { return generation_ != generation; });
    } catch (...) {
      error = std::current_exception();
    }
    lock.lock();
    const bool wanted = generation_ == generation;
    if (wanted) error_ = error;
    (wanted && filled ? ready_ : free_).push_back(window);
    changed_.notify_all();
  }
}

void Prefetcher::release_held() {
  if (held_ != nullptr) free_.push_back(std::exchange(held_, nullptr));
}

void Prefetcher::start_thread() try {
  const SignalsBlocked blocked;
  thread_ = std::thread([this] { run(); });
} catch (const std::system_error& error) {
  fail(ExitCode::internal, "no thread to read ahead: {}; a higher ulimit -u may help",
       error.what());
}

void Prefetcher::start_epoch(std::uint64_t epoch) {
  const std::lock_guard lock(mutex_);
  release_held();
  const bool goes_on = thread_.joinable() && !in_epoch_ && to_take_.index == 0 &&
                       (options_.same_epochs || to_take_.epoch == epoch);
  if (!goes_on) {
    ++generation_;
    error_ = nullptr;
    free_.insert(free_.end(), ready_.begin(), ready_.end());
    ready_.clear();
    to_read_ = to_take_ = {epoch, 0};
  }
  in_epoch_ = true;
  if (!thread_.joinable()) start_thread();
  changed_.notify_all();
}

const SampleWindow* Prefetcher::next() {
  std::unique_lock lock(mutex_);
  release_held();
  changed_.notify_all();
  if (!in_epoch_) return nullptr;
  changed_.wait(lock, [this] { return !ready_.empty() || error_; });
  if (ready_.empty()) std::rethrow_exception(error_);
  held_ = ready_.front();
  ready_.pop_front();
  advance(to_take_);
  in_epoch_ = to_take_.index != 0;
  return held_;
}

}  // namespace tusk::samples
