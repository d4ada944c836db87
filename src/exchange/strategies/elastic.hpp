// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "exchange/strategies/elastic_rule.hpp"
#include "tusk/center.hpp"

namespace tusk::strategies {

// What separates the weights x from the position of Nesterov's optimizer: δv, or nothing.
struct Lead {
  std::span<const float> velocity = {};
  float momentum = 0.0F;
};

// The asynchronous elastic rules, aeasgd and eamsgd:
//
//   E = α(z − θ);   θ += E
//
// z is the position of the worker: its weights x, or where x are Nesterov's point ahead, x − δv (v
// before the step). Moves 2 · 4 P bytes an exchange.
class Elastic final : public ElasticRule {
 public:
  Elastic(center::CenterVariable& center, std::size_t communication_window, double alpha,
          Lead lead = {});

 private:
  void join(std::span<float> weights) override { center_.pull(weights); }
  void exchange(std::span<const float> weights, std::span<float> force) override;

  center::CenterVariable& center_;
  float alpha_;
  Lead lead_;
};

}  // namespace tusk::strategies
