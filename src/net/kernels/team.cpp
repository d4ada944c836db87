// SPDX-License-Identifier: Apache-2.0
#include "tusk/team.hpp"

#include <algorithm>
#include <system_error>
#include <utility>

#include "core/denormals_flushed.hpp"
#include "core/signals_blocked.hpp"
#include "tusk/error.hpp"

namespace tusk::kernels {
namespace {

constexpr std::size_t least_cost = std::size_t{128} << 10;  // of a share, two microseconds or so
constexpr unsigned shares_bits = 16;
constexpr std::uint64_t shares_mask = (std::uint64_t{1} << shares_bits) - 1;
constexpr std::uint64_t closing = ~std::uint64_t{0};

// Waits until the value is one for which `arrived` holds, and returns it: awake at first, leaving
// the core to whoever wants it, then asleep.
template <typename T, typename Arrived>
T await(const std::atomic<T>& value, Arrived arrived) {
  constexpr int looks = 64;
  for (int look = 0; look < looks; ++look) {
    if (const T now = value.load(std::memory_order_acquire); arrived(now)) return now;
    std::this_thread::yield();
  }
  for (;;) {
    const T now = value.load(std::memory_order_acquire);
    if (arrived(now)) return now;
    value.wait(now, std::memory_order_acquire);
  }
}

}  // namespace

Team::Team(std::size_t threads) {
  if (threads == 0 || threads > max_threads) {
    fail(ExitCode::internal, "a team of {} threads", threads);
  }
  if (threads == 1) return;
  claims_ = std::vector<Claim>(threads);
  const SignalsBlocked blocked;
  try {
    for (std::size_t thread = 1; thread < threads; ++thread) {
      others_.emplace_back([this, thread] { serve(thread); });
    }
  } catch (const std::system_error& error) {
    close();
    fail(ExitCode::internal, "cannot start {} threads: {}", threads, error.what());
  }
}

Team::~Team() { close(); }

void Team::close() {
  state_.store(closing, std::memory_order_release);
  state_.notify_all();
  others_.clear();
}

void Team::share(std::size_t count, std::size_t grain, std::size_t cost,
                 FunctionRef<void(const Share&)> work) {
  if (count == 0) return;
  const DenormalsFlushed flushed;
  const std::size_t grains = (count + grain - 1) / grain;
  const std::size_t worth = std::max<std::size_t>(count * cost / least_cost, 1);
  const std::size_t shares = std::min({threads(), grains, worth});
  if (shares == 1) return work({.index = 0, .of = 1, .first = 0, .last = count});
  job_ = {&work, count, grain};
  unfinished_.store(static_cast<std::uint32_t>(shares), std::memory_order_relaxed);
  const std::uint64_t state = ++round_ << shares_bits | shares;
  state_.store(state, std::memory_order_release);
  state_.notify_all();
  work_off(0, state);
  await(unfinished_, [](std::uint32_t shares_left) { return shares_left == 0; });
  if (error_) std::rethrow_exception(std::exchange(error_, nullptr));
}

void Team::serve(std::size_t thread) {
  const DenormalsFlushed flushed;
  std::uint64_t seen = 0;
  for (;;) {
    seen = await(state_, [seen](std::uint64_t state) { return state != seen; });
    if (seen == closing) return;
    work_off(thread, seen);
  }
}

// A thread's own share first, which it had in the last step and may have in its cache; then those
// that their threads have not come to take. Who comes late finds that every share of its round has
// been taken, in this round or in a later one.
void Team::work_off(std::size_t thread, std::uint64_t state) {
  const std::uint64_t round = state >> shares_bits;
  const std::size_t shares = state & shares_mask;
  if (thread >= shares) return;
  for (std::size_t i = 0; i < shares; ++i) {
    const std::size_t index = (thread + i) % shares;
    std::atomic<std::uint64_t>& taken = claims_[index].round;
    std::uint64_t last = taken.load(std::memory_order_relaxed);
    if (last < round && taken.compare_exchange_strong(last, round, std::memory_order_relaxed)) {
      do_share(index, shares);
    }
  }
}

void Team::do_share(std::size_t index, std::size_t shares) {
  const std::size_t grains = (job_.count + job_.grain - 1) / job_.grain;
  Share share{.index = index, .of = shares};
  share.first = share.first_of(grains) * job_.grain;
  share.last = std::min(share.last_of(grains) * job_.grain, job_.count);
  try {
    (*job_.work)(share);
  } catch (...) {
    const std::lock_guard lock(mutex_);
    if (!error_) error_ = std::current_exception();
  }
  if (unfinished_.fetch_sub(1, std::memory_order_acq_rel) == 1) unfinished_.notify_one();
}

}  // namespace tusk::kernels
