// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>

#include "data/samples/sample_window.hpp"

namespace tusk::samples {

// Fills windows in a thread of its own, one ahead of the consumer, who holds another. At the end of
// an epoch it goes on to the next one. One consumer thread.
class Prefetcher {
 public:
  struct Options {
    std::size_t windows = 1;   // an epoch has so many
    std::uint64_t epochs = 0;  // the last one; 0: there is always another
    bool same_epochs = false;  // each is like any other, so that any next one will do
  };
  // Fills a window of an epoch; false if it gave up because it was cancelled. Called in the thread.
  using Fill = std::function<bool(SampleWindow& window, std::uint64_t epoch, std::size_t index,
                                  const std::function<bool()>& cancelled)>;

  Prefetcher(Options options, Fill fill, const SampleLayout& layout, std::size_t capacity);
  ~Prefetcher();
  Prefetcher(const Prefetcher&) = delete;
  Prefetcher& operator=(const Prefetcher&) = delete;

  // Begins an epoch. The first call starts the thread.
  void start_epoch(std::uint64_t epoch);

  // The epoch's next window, valid until the next call of either function; null at the end. Throws
  // what the thread ended with.
  const SampleWindow* next();

 private:
  struct Ticket {  // a window of an epoch
    std::uint64_t epoch = 1;
    std::size_t index = 0;
  };
  void run();
  void start_thread();
  bool may_read() const;  // under the lock, like all that follow
  void advance(Ticket& ticket) const;
  void release_held();

  const Options options_;
  const Fill fill_;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::array<SampleWindow, 2> windows_;
  std::deque<SampleWindow*> free_;
  std::deque<SampleWindow*> ready_;
  SampleWindow* held_ = nullptr;  // by the consumer
  Ticket to_read_;                // by the thread
  Ticket to_take_;                // by the consumer
  bool in_epoch_ = false;         // windows of the epoch are still to be taken
  std::exception_ptr error_;
  std::atomic<std::uint64_t> generation_{0};  // a change cancels what is being read
  bool stop_ = false;
  std::thread thread_;
};

}  // namespace tusk::samples
