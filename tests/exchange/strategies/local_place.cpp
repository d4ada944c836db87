// SPDX-License-Identifier: Apache-2.0
#include <deque>

#include "exchange/center/local_center.hpp"
#include "place.hpp"

namespace tusk::strategies::testing {
namespace {

// A momentum that begins with nothing: v = 0, θ_kept = θ.
std::vector<float> momentum_of(std::span<const float> initial) {
  std::vector<float> both(initial.size());
  both.insert(both.end(), initial.begin(), initial.end());
  return both;
}

class LocalPlace final : public Place {
 public:
  LocalPlace(std::span<const float> initial, std::size_t workers)
      : state_(center::make_local_state(initial, workers, 0, momentum_of(initial))),
        server_(state_) {
    for (std::size_t worker = 0; worker < workers; ++worker) workers_.emplace_back(state_);
  }

  std::size_t workers() const override { return workers_.size(); }
  void turn(std::size_t worker, const Turn& turn) override { turn(workers_[worker]); }
  void together(const std::function<void(std::size_t, center::CenterVariable&)>& work) override {
    for (std::size_t worker = 0; worker < workers(); ++worker) work(worker, workers_[worker]);
  }
  std::vector<float> center() override {
    std::vector<float> theta(server_.size());
    server_.snapshot(theta);
    return theta;
  }
  void sum(std::span<double> /*values*/) override {}

 private:
  std::shared_ptr<center::LocalState> state_;
  center::LocalServer server_;
  std::deque<center::LocalCenter> workers_;
};

}  // namespace

std::unique_ptr<Place> make_local_place(std::span<const float> initial, std::size_t workers) {
  return std::make_unique<LocalPlace>(initial, workers);
}

}  // namespace tusk::strategies::testing
