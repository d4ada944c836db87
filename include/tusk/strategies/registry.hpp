// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <span>

#include "tusk/experiment/trainer_options.hpp"
#include "tusk/strategies/strategy.hpp"

namespace tusk::center {
class CenterVariable;
class Peers;
}  // namespace tusk::center

namespace tusk::strategies {

// Where the model lives and who computes.
enum class Topology {
  sequential,        // one process; its weights are the model
  parameter_server,  // rank 0 serves the center, the other ranks are workers; the center is the
                     // model
  peers,             // every rank is a worker, they meet to reduce; rank 0's weights are the model
  independent,       // every rank trains members of an ensemble by itself
};

Topology topology(const StrategyOptions& options);

// What a strategy may be given to work with; it takes what its rule needs. All must outlive it.
struct Surroundings {
  center::CenterVariable* center = nullptr;  // parameter_server
  center::Peers* peers = nullptr;            // peers
  std::size_t workers = 1;                   // n
  double learning_rate = 0.0;                // η of the worker's optimizer
  std::span<const float> velocity = {};      // v of its Nesterov momentum, one a parameter, or none
  double momentum = 0.0;                     // δ
  bool separate_pull = false;  // commit at a window's end, pull at the next one's start
};

// The strategy that `options` name, for one worker. The only place that knows every strategy.
// Error(bad_experiment) when the optimizer is not one that the rule can work with.
std::unique_ptr<Strategy> make_strategy(const StrategyOptions& options,
                                        const Surroundings& surroundings);

}  // namespace tusk::strategies
