// SPDX-License-Identifier: Apache-2.0
#include "exchange/strategies/reach.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <deque>
#include <memory>
#include <span>
#include <variant>
#include <vector>

#include "exchange/center/local_center.hpp"
#include "exchange/center/overlapping_center.hpp"
#include "exchange/strategies/registry.hpp"
#include "tusk/peers.hpp"

namespace tusk::strategies {
namespace {

// Workers that take their windows in turn, on one number whose optimum is 0; among peers one stands
// for all, which are alike.
class Rounds {
 public:
  Rounds(const TrainerOptions& trainer, std::size_t workers)
      : overlap_(trainer.overlap),
        state_(center::make_local_state(std::span(at_first_).last(1), workers, 0, at_first_)) {
    const bool meets = topology(trainer.strategy) == Topology::peers;
    for (std::size_t i = 0; i < (meets ? 1 : workers); ++i) {
      center::CenterVariable& center = centers_.emplace_back(state_);
      trainees_.push_back({make_strategy(
          trainer.strategy, {.center = overlap_ ? &beside_.emplace_back(center) : &center,
                             .peers = &peer_,
                             .workers = workers,
                             .separate_pull = trainer.max_staleness.has_value(),
                             .overlap = overlap_})});
      trainees_.back().x = {at_first_.back()};
      trainees_.back().strategy->on_start(trainees_.back().x);
    }
  }

  // Every worker's window goes the share h of the way. Returns how far from 0 the farthest began.
  double round(float h) {
    float farthest = 0.0F;
    for (std::size_t i = 0; i < trainees_.size(); ++i) {
      auto& [strategy, x] = trainees_[i];
      strategy->on_window_start(x);
      const float begun = std::abs(x[0]);
      farthest = std::isfinite(begun) ? std::max(farthest, begun) : INFINITY;
      x[0] -= h * x[0];
      strategy->on_window_end(x, {.steps = strategy->communication_window(), .samples = 1});
      if (overlap_) beside_[i].complete();
    }
    return static_cast<double>(farthest);
  }

 private:
  struct Trainee {
    std::unique_ptr<Strategy> strategy;
    std::vector<float> x{};
  };

  bool overlap_;
  std::array<float, 2> at_first_{0.0F, 1.0F};  // of an outer momentum: v, and θ_kept = θ
  std::shared_ptr<center::LocalState> state_;
  std::deque<center::LocalCenter> centers_;
  std::deque<center::OverlappingCenter> beside_;
  center::LonePeer peer_;
  std::vector<Trainee> trainees_;
};

// Whether it comes nearer: in the last of four quarters than in the third.
bool converges(const TrainerOptions& trainer, std::size_t workers, double h) {
  constexpr int quarter = 100;  // rounds
  Rounds rounds(trainer, workers);
  std::array<double, 4> farthest{};
  for (double& one : farthest) {
    for (int i = 0; i < quarter; ++i) one = std::max(one, rounds.round(static_cast<float>(h)));
  }
  return std::isfinite(farthest[3]) && (farthest[3] == 0.0 || farthest[3] < farthest[2]);
}

}  // namespace

std::optional<double> largest_share(const TrainerOptions& trainer, std::size_t workers) {
  const bool has_outer_rate = std::visit(
      []<typename Rule>(const Rule&) {
        return requires(Rule rule) { rule.outer_learning_rate; };
      },
      trainer.strategy);
  if (!has_outer_rate) return std::nullopt;
  if (converges(trainer, workers, 1.0)) return 1.0;
  double low = 0.0;
  double high = 1.0;
  while (high - low > 1e-3) {
    const double middle = (low + high) / 2.0;
    (converges(trainer, workers, middle) ? low : high) = middle;
  }
  return low;
}

}  // namespace tusk::strategies
