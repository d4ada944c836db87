// SPDX-License-Identifier: Apache-2.0
#include <random>

#include "exchange/center/local_center.hpp"
#include "site.hpp"

namespace tusk::center::testing {
namespace {

class LocalSite final : public Site {
 public:
  LocalSite(std::span<const float> initial, std::size_t workers, std::size_t statistics,
            std::span<const float> momentum)
      : state_(make_local_state(initial, workers, statistics, momentum)), server_(state_) {
    for (std::size_t worker = 0; worker < workers; ++worker) workers_.emplace_back(state_);
  }

  std::size_t workers() const override { return workers_.size(); }
  CenterServer* server() override { return &server_; }
  std::vector<Event> gather(const std::vector<Event>& events) override { return events; }

  void run(int steps, const Step& step, const Meanwhile& meanwhile) override {
    std::vector<std::size_t> turns;
    for (std::size_t worker = 0; worker < workers(); ++worker) {
      turns.insert(turns.end(), static_cast<std::size_t>(steps), worker);
    }
    std::ranges::shuffle(turns, random_);
    for (const std::size_t worker : turns) {
      step(worker, workers_[worker]);
      if (random_() % 8 == 0) meanwhile(server_);
    }
  }

 private:
  std::shared_ptr<LocalState> state_;
  LocalServer server_;
  std::vector<LocalCenter> workers_;
  std::mt19937 random_{7};
};

}  // namespace

std::unique_ptr<Site> make_local_site(std::span<const float> initial, std::size_t workers,
                                      std::size_t statistics, std::span<const float> momentum) {
  return std::make_unique<LocalSite>(initial, workers, statistics, momentum);
}

}  // namespace tusk::center::testing
