// SPDX-License-Identifier: Apache-2.0
#include "run/relay/relay.hpp"

#include <algorithm>
#include <vector>

#include "exchange/strategies/registry.hpp"

namespace tusk::relay {

Relay::Relay(const RelayOptions& options, std::size_t relays, double learning_rate,
             std::span<const float> initial, std::size_t statistics, const Outside& outside)
    : node_(outside.node),
      statistics_(statistics),
      merge_(static_cast<float>(options.merge)),
      x_(initial.begin(), initial.end()),
      c_(initial.size()),
      left_(initial.size()),
      change_(initial.size()),
      kept_(statistics, 1.0F) {
  center::CenterVariable* center = outside.center;
  if (center != nullptr && statistics > 0) {
    center = &moving_.emplace(*center, this->statistics(), std::vector<center::MovingAverages>());
  }
  strategy_ = strategies::make_strategy(options.rule, {.center = center,
                                                       .peers = outside.peers,
                                                       .workers = relays,
                                                       .learning_rate = learning_rate,
                                                       .statistics = this->statistics()});
}

void Relay::start() { strategy_->on_start(weights()); }

void Relay::take() {
  strategy_->on_window_start(weights());  // from where the last exchange has left it
  node_.take(c_, kept_);
  if (moving_) moving_->set_kept(kept_);
  for (std::size_t i = 0; i < x_.size(); ++i) x_[i] = c_[i] + left_[i];
}

void Relay::exchange() {
  strategy_->on_gradients(weights(), {}, 0);
  strategy_->on_step(weights());
  strategy_->on_window_end(weights(), {.steps = 1, .samples = 1});
}

void Relay::give() {
  for (std::size_t i = 0; i < x_.size(); ++i) {
    const float moved = x_[i] - c_[i];
    change_[i] = i < weights().size() ? merge_ * moved : moved;
    left_[i] = moved - change_[i];
  }
  std::ranges::fill(kept_, 1.0F);
  if (moving_) moving_->set_kept(kept_);
  node_.merge(change_);
}

void Relay::finish() { strategy_->on_finish(weights()); }

void Relay::keep(State& state) {
  state("x", std::span(x_));
  state("left", std::span(left_));
  if (moving_) {
    state.part("statistics", [this](State& part) { moving_->keep_own(part); });
  }
  state("strategy", *strategy_);
}

void Relay::model(std::span<float> out) const {
  const std::size_t count = x_.size() - statistics_;
  const std::span<const float> x = x_;
  strategy_->model(x.first(count), out.first(count));
  strategy_->model_statistics(x.last(statistics_), out.subspan(count, statistics_));
}

}  // namespace tusk::relay
