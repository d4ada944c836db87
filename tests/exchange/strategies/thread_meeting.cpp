// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <barrier>
#include <thread>

#include "place.hpp"

namespace tusk::strategies::testing {
namespace {

// What the threads of a meeting share.
struct Table {
  explicit Table(std::size_t count)
      : barrier(static_cast<std::ptrdiff_t>(count)), floats(count), doubles(count), maxima(count) {}

  std::barrier<> barrier;
  std::vector<std::span<float>> floats;
  std::vector<std::span<double>> doubles;
  std::vector<std::uint64_t> maxima;
};

class ThreadPeers final : public center::Peers {
 public:
  ThreadPeers(Table& table, std::size_t index) : table_(table), index_(index) {}

  std::size_t count() const override { return table_.maxima.size(); }
  std::size_t index() const override { return index_; }
  void sum(std::span<float> values) override { add(table_.floats, values); }
  void sum(std::span<double> values) override { add(table_.doubles, values); }
  std::uint64_t max(std::uint64_t value) override {
    table_.maxima[index_] = value;
    table_.barrier.arrive_and_wait();
    const std::uint64_t largest = *std::ranges::max_element(table_.maxima);
    table_.barrier.arrive_and_wait();
    return largest;
  }

 private:
  // The sum in the order of the workers, so that all get the same bits.
  template <typename T>
  void add(std::vector<std::span<T>>& all, std::span<T> mine) {
    all[index_] = mine;
    table_.barrier.arrive_and_wait();
    std::vector<T> total(mine.size());
    for (const std::span<T> values : all) {
      for (std::size_t i = 0; i < total.size(); ++i) total[i] += values[i];
    }
    table_.barrier.arrive_and_wait();
    std::ranges::copy(total, mine.begin());
  }

  Table& table_;
  std::size_t index_;
};

class ThreadMeeting final : public Meeting {
 public:
  explicit ThreadMeeting(std::size_t count) : count_(count) {}

  std::size_t count() const override { return count_; }
  void run(const std::function<void(center::Peers&)>& work) override {
    Table table(count_);
    std::vector<std::jthread> threads;
    for (std::size_t index = 0; index < count_; ++index) {
      threads.emplace_back([&table, &work, index] {
        ThreadPeers peers(table, index);
        work(peers);
      });
    }
  }

 private:
  std::size_t count_;
};

}  // namespace

std::unique_ptr<Meeting> make_thread_meeting(std::size_t workers) {
  return std::make_unique<ThreadMeeting>(workers);
}

}  // namespace tusk::strategies::testing
