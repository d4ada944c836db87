// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>

#include "experiment/optimizer_options.hpp"
#include "experiment/server_options.hpp"
#include "experiment/trainer_options.hpp"
#include "tusk/strategy.hpp"

// The distributed optimizers, a file each. Where to read on:
//
//   strategy.hpp      what a rule is: functions that a worker's loop calls around its own steps
//   NAME.cpp          the rule of that name: formula, source, conditions, make()
//   rules.hpp         the rules' functions, declared. The rules are listed in StrategyOptions
//                     (experiment/strategy_options.hpp), and nowhere else.
//   downpour.hpp      what the rules have in common that commit what a window did to the weights:
//                     downpour, adag, dynsgd, experimental, hogwild, async_local_sgd and
//                     delayed_nesterov (one file)
//   relay_rule.hpp    which rules the workers and the relays of a tree of centers may have
//   reach.hpp         how far a window may go, of the rules with an outer learning rate
//   elastic_rule.hpp  when the elastic rules exchange: easgd by itself, and aeasgd and eamsgd
//                     through elastic.hpp; moving_rate.hpp has their α
//
// Who calls: before anything starts, check_…() by training::check_workers() and warn_of_strategy()
// by training::Run and `tusk check`; then make_strategy() by each worker::Worker. What the rest of
// the program must know of a rule are its traits (tusk/rule_traits.hpp).
namespace tusk::strategies {

using tusk::topology;
using tusk::Topology;

// The strategy that `options` name, for one worker. Throws the Error(bad_experiment) of
// check_strategy().
std::unique_ptr<Strategy> make_strategy(const StrategyOptions& options,
                                        const Surroundings& surroundings);

// What can be known of a strategy, its optimizer and n workers before they start. Not collective.
// check_strategy: Error(bad_experiment) for a moving rate outside of (0, 1) and for an optimizer
// that the rule cannot work with, and what a user's rule throws in its check(). warn_of_strategy:
// warns of settings that work badly.
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
