// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <type_traits>
#include <variant>

#include "core/with_place.hpp"
#include "exchange/strategies/registry.hpp"
#include "exchange/strategies/rules.hpp"
#include "tusk/center.hpp"
#include "tusk/error.hpp"

namespace tusk::strategies {
namespace {

[[noreturn]] void fail_without_nesterov(const StrategyOptions& options) {
  fail(ExitCode::bad_experiment,
       "trainer '{}' needs Nesterov's momentum: optimizer.name = \"sgd\" with "
       "optimizer.momentum above 0 and optimizer.nesterov = true",
       name_of_rule(options));
}

std::string place_of(const UserStrategy& rule) {
  return fmt::format("trainer '{}'", rule.kind->name);
}

// A user's rule, if it can be one: the worker's loop takes for granted what is asked here.
std::unique_ptr<Strategy> make_user_strategy(const UserStrategy& rule,
                                             const Surroundings& surroundings) {
  const std::string place = place_of(rule);
  return with_place(place, [&] {
    std::unique_ptr<Strategy> strategy = rule.kind->make(rule.options, surroundings);
    if (!strategy) fail(ExitCode::internal, "{} makes no strategy", place);
    if (strategy->communication_window() < 1) {
      fail(ExitCode::internal, "{} has windows of 0 steps", place);
    }
    return strategy;
  });
}

}  // namespace

std::unique_ptr<Strategy> make_strategy(const StrategyOptions& options,
                                        const Surroundings& surroundings) {
  if (traits(options).needs_nesterov && surroundings.velocity.empty()) {
    fail_without_nesterov(options);
  }
  if (traits(options).needs_nesterov && topology(options) == Topology::parameter_server &&
      surroundings.velocity.size() != surroundings.center->size()) {
    fail(ExitCode::internal, "the optimizer looks ahead by a velocity of {} numbers for {} weights",
         surroundings.velocity.size(), surroundings.center->size());
  }
  return std::visit(
      [&]<typename Rule>(const Rule& rule) {
        if constexpr (std::is_same_v<Rule, UserStrategy>) {
          return make_user_strategy(rule, surroundings);
        } else {
          return make(rule, surroundings);
        }
      },
      options);
}

void check_strategy(const StrategyOptions& options, const OptimizerOptions& optimizer,
                    std::size_t workers) {
  const RuleSetting setting{.workers = workers, .learning_rate = optimizer.learning_rate};
  std::visit(
      [&]<typename Rule>(const Rule& rule) {
        if constexpr (std::is_same_v<Rule, UserStrategy>) {
          if (!rule.kind->check) return;
          with_place(place_of(rule), [&] { rule.kind->check(rule.options, setting); });
        } else if constexpr (requires { check(rule, setting); }) {
          check(rule, setting);
        }
      },
      options);
  if (traits(options).needs_nesterov && !looks_ahead(optimizer)) fail_without_nesterov(options);
}

void warn_of_strategy(const StrategyOptions& options, const OptimizerOptions& optimizer,
                      std::size_t workers) {
  const RuleSetting setting{.workers = workers, .learning_rate = optimizer.learning_rate};
  std::visit(
      [&](const auto& rule) {
        if constexpr (requires { warn(rule, setting); }) warn(rule, setting);
      },
      options);
}

void check_compression(const StrategyOptions& options, const CompressionOptions& compression) {
  if (compression.kind == CompressionKind::none) return;
  const RuleTraits& rule = traits(options);
  if (rule.topology == Topology::parameter_server && !rule.sends_positions) return;
  fail(ExitCode::bad_experiment,
       "server.compression = \"{}\" compresses what is added to a center; trainer '{}' {}",
       name_of(compression.kind), name_of_rule(options),
       rule.sends_positions ? "sends positions" : "has no parameter server");
}

void check_shards(const StrategyOptions& options, const ServerOptions& server) {
  if (server.shards == 1) return;
  if (topology(options) != Topology::parameter_server) {
    fail(ExitCode::bad_experiment,
         "server.shards = {} spreads a center over servers; trainer '{}' has no parameter server",
         server.shards, name_of_rule(options));
  }
  if (server.transport == Transport::shared) {
    fail(ExitCode::bad_experiment,
         "server.shards = {} needs server.transport = \"rma\" or \"message\", not \"shared\", "
         "whose center has no need of servers",
         server.shards);
  }
}

}  // namespace tusk::strategies
