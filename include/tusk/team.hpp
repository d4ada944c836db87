// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

#include "tusk/function_ref.hpp"

namespace tusk::kernels {

// A part of the numbers 0 … count − 1 that a thread works on.
struct Share {
  std::size_t index = 0;  // of `of`
  std::size_t of = 1;
  std::size_t first = 0;  // the part is [first, last)
  std::size_t last = 0;

  // This share's part of other numbers, 0 … count − 1.
  std::size_t first_of(std::size_t count) const { return count * index / of; }
  std::size_t last_of(std::size_t count) const { return count * (index + 1) / of; }
};

// The threads that one worker computes with: the caller's own and `threads` − 1 others, which live
// as long as the object. Between two works they look for the next for some 20 µs, so that they
// follow a step, and then sleep, so that they take no core while it exchanges.
//
// Work computes with 0 in the place of denormal numbers (DenormalsFlushed), on every thread.
//
// A sum must never be spread over shares: then the result is the same for any number of threads.
// One object a workspace; not for two callers at once.
class Team {
 public:
  // Error(internal) unless 1 <= threads <= max_threads.
  static constexpr std::size_t max_threads = 1024;
  explicit Team(std::size_t threads = 1);
  ~Team();
  Team(const Team&) = delete;
  Team& operator=(const Team&) = delete;

  std::size_t threads() const { return others_.size() + 1; }

  // Calls work once for each share of 0 … count − 1, on any of the threads, and returns when all of
  // them are done. Shares begin at multiples of `grain`. There are as many as threads, but fewer
  // where they would not be worth waking a thread for: `cost` is that of one number, in
  // multiplications and additions. Allocates nothing. Throws what work throws, the first of it.
  void share(std::size_t count, std::size_t grain, std::size_t cost,
             FunctionRef<void(const Share&)> work);

 private:
  // What there is to do, and who does it. A round begins when state_ is changed, and job_ does not
  // change before its last share is done.
  struct Job {
    const FunctionRef<void(const Share&)>* work = nullptr;
    std::size_t count = 0;
    std::size_t grain = 1;
  };
  struct alignas(64) Claim {
    std::atomic<std::uint64_t> round = 0;  // the last in which somebody took this share
  };

  void close();
  void serve(std::size_t thread);
  void work_off(std::size_t thread, std::uint64_t state);
  void do_share(std::size_t index, std::size_t shares);

  Job job_;
  std::uint64_t round_ = 0;
  std::mutex mutex_;
  std::exception_ptr error_;
  std::vector<Claim> claims_;
  alignas(64) std::atomic<std::uint64_t> state_ = 0;       // round · 2¹⁶ + shares
  alignas(64) std::atomic<std::uint32_t> unfinished_ = 0;  // shares of this round
  std::vector<std::jthread> others_;                       // last: they use all of the above
};

}  // namespace tusk::kernels
