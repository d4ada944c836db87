// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <span>

#include "exchange/strategies/strategy.hpp"
#include "experiment/optimizer_options.hpp"
#include "experiment/server_options.hpp"
#include "experiment/trainer_options.hpp"

namespace tusk::center {
class CenterVariable;
class Peers;
}  // namespace tusk::center

namespace tusk::strategies {

using tusk::topology;
using tusk::Topology;

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

// The strategy that `options` name, for one worker. Error(bad_experiment) as check_strategy().
std::unique_ptr<Strategy> make_strategy(const StrategyOptions& options,
                                        const Surroundings& surroundings);

// What can be known of a strategy, its optimizer and n workers before they start. Not collective.
// check_strategy: Error(bad_experiment) for a moving rate outside of (0, 1) and for an optimizer
// that the rule cannot work with. warn_of_strategy: warns of settings that work badly.
void check_strategy(const StrategyOptions& options, const OptimizerOptions& optimizer,
                    std::size_t workers);
void warn_of_strategy(const StrategyOptions& options, const OptimizerOptions& optimizer,
                      std::size_t workers);

// Error(bad_experiment) if commits are to be compressed, but the rule has none that can be: only
// what is added to the center can, not the positions that the elastic rules send.
void check_compression(const StrategyOptions& options, const CompressionOptions& compression);

// Error(bad_experiment) if the center is to be spread over several servers, but the rule has no
// center, or it is to be in memory that all ranks map.
void check_shards(const StrategyOptions& options, const ServerOptions& server);

}  // namespace tusk::strategies
