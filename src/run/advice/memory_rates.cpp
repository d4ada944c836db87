// SPDX-License-Identifier: Apache-2.0
#include "run/advice/memory_rates.hpp"

#include <sched.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <latch>
#include <new>
#include <thread>
#include <vector>

#include "exchange/center/striped_center.hpp"
#include "exchange/center/update.hpp"
#include "tusk/aligned_vector.hpp"

namespace tusk::advice {
namespace {

using Time = std::chrono::steady_clock;

constexpr std::chrono::milliseconds measured(30);
constexpr std::size_t most_bytes = std::size_t{1} << 30U;
constexpr double vectors_swept = 6.0;  // θ, the weights and what they were, read and written

// On any core that the control group allows, as far as one is not allowed nothing changes.
void leave_the_binding() {
  cpu_set_t all;
  CPU_ZERO(&all);
  for (int core = 0; core < CPU_SETSIZE; ++core) CPU_SET(core, &all);
  sched_setaffinity(0, sizeof all, &all);
}

std::size_t cores_allowed() {
  std::size_t cores = 1;
  std::thread([&cores] {
    leave_the_binding();
    cpu_set_t mine;
    CPU_ZERO(&mine);
    if (sched_getaffinity(0, sizeof mine, &mine) == 0) {
      cores = std::max<std::size_t>(1, static_cast<std::size_t>(CPU_COUNT(&mine)));
    }
  }).join();
  return cores;
}

// Workers in threads, at one center.
class Sweeps {
 public:
  explicit Sweeps(std::size_t parameters)
      : parameters_(parameters),
        memory_(center::StripedCenter::bytes(parameters, 1) + center::StripedCenter::page),
        center_(memory_.data() + center::StripedCenter::offset_to_page(memory_.data()), parameters,
                1) {
    center_.initialize(std::vector<float>(parameters));
  }

  // Bytes a second of so many threads, each of which is so many workers in turn. std::bad_alloc,
  // std::system_error if they cannot be had.
  double rate(std::size_t threads, std::size_t workers_each) {
    std::latch prepared(static_cast<std::ptrdiff_t>(threads));
    std::atomic<Phase> phase = Phase::preparing;
    std::atomic<bool> no_memory = false;
    std::atomic<std::uint64_t> exchanges = 0;
    std::atomic<std::int64_t> elapsed_ns = 0;
    const auto go_on = [&phase](Phase next) {
      phase = next;
      phase.notify_all();
    };
    std::vector<std::jthread> running;
    const auto work = [&] {
      leave_the_binding();
      std::vector<Worker> workers;
      try {
        for (std::size_t w = 0; w < workers_each; ++w) exchange(workers.emplace_back(parameters_));
      } catch (const std::bad_alloc&) {
        no_memory = true;
      }
      prepared.count_down();
      phase.wait(Phase::preparing);
      if (phase == Phase::given_up) return;
      const Time::time_point start = Time::now();
      std::uint64_t count = 0;
      do {
        exchange(workers[count++ % workers_each]);
      } while (Time::now() - start < measured);
      exchanges += count;
      elapsed_ns += std::chrono::nanoseconds(Time::now() - start).count();
    };
    try {
      running.reserve(threads);
      while (running.size() < threads) running.emplace_back(work);
    } catch (...) {
      go_on(Phase::given_up);
      throw;
    }
    prepared.wait();
    go_on(no_memory ? Phase::given_up : Phase::measuring);
    running.clear();  // waits for them
    if (no_memory) throw std::bad_alloc();
    const double mean_s =
        1e-9 * static_cast<double>(elapsed_ns.load()) / static_cast<double>(threads);
    return vectors_swept * sizeof(float) * static_cast<double>(parameters_) *
           static_cast<double>(exchanges.load()) / mean_s;
  }

 private:
  struct Worker {
    explicit Worker(std::size_t parameters) : weights(parameters), base(parameters) {}
    AlignedVector<float> weights;
    AlignedVector<float> base;
  };

  enum class Phase { preparing, measuring, given_up };

  void exchange(Worker& worker) const {
    center_.perform({.kind = center::Update::Kind::commit_and_pull,
                     .in = worker.weights.data(),
                     .out = worker.weights.data(),
                     .base = worker.base.data()});
  }

  std::size_t parameters_;
  AlignedVector<std::byte> memory_;
  center::StripedCenter center_;
};

}  // namespace

MemoryRates measure_memory(std::size_t parameters, std::size_t workers) {
  const std::size_t together = std::clamp<std::size_t>(workers, 1, cores_allowed());
  const std::size_t most_vectors = most_bytes / sizeof(float) / 2;  // of all workers together
  const std::size_t size = std::clamp<std::size_t>(parameters, 1, most_vectors / together);
  const std::size_t each = std::clamp<std::size_t>(most_vectors / size / together, 1,
                                                   (workers + together - 1) / together);
  Sweeps sweeps(size);
  MemoryRates rates{.one = sweeps.rate(1, each), .at_once = together};
  rates.all = together == 1 ? rates.one : sweeps.rate(together, each);
  return rates;
}

}  // namespace tusk::advice
