// SPDX-License-Identifier: Apache-2.0
#include <atomic>
#include <thread>

#include "exchange/center/cells.hpp"
#include "exchange/center/center_worker.hpp"
#include "exchange/center/striped_center.hpp"
#include "exchange/center/update.hpp"
#include "site.hpp"

namespace tusk::center::testing {
namespace {

class StripedWorker final : public CenterWorker {
 public:
  StripedWorker(StripedCenter center, bool racing)
      : CenterWorker(center.size(), center.statistics(), !center.momentum().empty()),
        center_(center),
        racing_(racing),
        board_(center.cells()) {}
  ControlBoard& board() override { return board_; }

 private:
  Receipt execute(Update update) override {
    return racing_ ? center_.perform_racing(update) : center_.perform(update);
  }

  StripedCenter center_;
  bool racing_;
  CellsBoard board_;
};

class StripedServer final : public CenterServer {
 public:
  StripedServer(StripedCenter center, bool racing)
      : center_(center), racing_(racing), board_(center.cells()) {}
  std::size_t size() const override { return center_.size() + center_.statistics(); }
  bool progress() override { return false; }
  double sleep_s(double) const override { return 0.0; }
  void set_updates(std::uint64_t updates) override { center_.set_updates(updates); }
  std::uint64_t updates() override { return center_.updates(); }
  ControlBoard& board() override { return board_; }
  AlignedVector<float> momentum() override {
    return {center_.momentum().begin(), center_.momentum().end()};
  }
  std::uint64_t snapshot(std::span<float> out) override {
    const Update pull{.kind = Update::Kind::pull,
                      .out = out.data(),
                      .statistics = {.out = out.data() + center_.size()}};
    return (racing_ ? center_.perform_racing(pull) : center_.perform(pull)).ticket;
  }

 private:
  StripedCenter center_;
  bool racing_;
  CellsBoard board_;
};

struct alignas(StripedCenter::page) Page {
  std::byte bytes[StripedCenter::page];
};

class ThreadSite final : public Site {
 public:
  ThreadSite(std::span<const float> initial, std::size_t workers, bool racing,
             std::size_t statistics, std::span<const float> momentum)
      : memory_(StripedCenter::bytes(initial.size() - statistics, workers, statistics,
                                     !momentum.empty()) /
                    sizeof(Page) +
                1),
        center_(memory_.data()->bytes, initial.size() - statistics, workers, statistics,
                !momentum.empty()),
        server_(center_, racing) {
    center_.initialize(initial, momentum);
    for (std::size_t worker = 0; worker < workers; ++worker) {
      workers_.push_back(std::make_unique<StripedWorker>(center_, racing));
    }
  }

  std::size_t workers() const override { return workers_.size(); }
  CenterServer* server() override { return &server_; }
  std::vector<Event> gather(const std::vector<Event>& events) override { return events; }

  void run(int steps, const Step& step, const Meanwhile& meanwhile) override {
    std::atomic<std::size_t> working = workers();
    std::vector<std::thread> threads;
    for (std::size_t worker = 0; worker < workers(); ++worker) {
      threads.emplace_back([&, worker] {
        for (int i = 0; i < steps; ++i) step(worker, *workers_[worker]);
        --working;
      });
    }
    while (working > 0) {
      meanwhile(server_);
      std::this_thread::yield();
    }
    for (std::thread& thread : threads) thread.join();
  }

 private:
  std::vector<Page> memory_;
  StripedCenter center_;
  StripedServer server_;
  std::vector<std::unique_ptr<StripedWorker>> workers_;
};

}  // namespace

std::unique_ptr<Site> make_thread_site(std::span<const float> initial, std::size_t workers,
                                       bool racing, std::size_t statistics,
                                       std::span<const float> momentum) {
  return std::make_unique<ThreadSite>(initial, workers, racing, statistics, momentum);
}

}  // namespace tusk::center::testing
