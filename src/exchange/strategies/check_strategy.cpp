// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <type_traits>
#include <variant>

#include "core/error.hpp"
#include "exchange/strategies/moving_rate.hpp"
#include "exchange/strategies/registry.hpp"
#include "exchange/strategies/rules.hpp"

namespace tusk::strategies {
namespace {

struct Check {
  const OptimizerOptions& optimizer;
  std::size_t workers;

  template <typename Options>
  void operator()(const Options& options) const {
    if constexpr (requires { options.moving_rate; }) {
      moving_rate(options.moving_rate, optimizer.learning_rate, workers);
    }
    if constexpr (std::is_same_v<Options, EamsgdOptions>) require_nesterov();
    if constexpr (std::is_same_v<Options, ExperimentalOptions>) require_learning_rate();
  }

  void require_nesterov() const {
    const auto* sgd = std::get_if<SgdOptions>(&optimizer.kind);
    if (sgd != nullptr && sgd->nesterov && sgd->momentum > 0.0) return;
    fail_without_nesterov();
  }

  void require_learning_rate() const {
    if (optimizer.learning_rate > 0.0) return;
    fail(ExitCode::bad_experiment,
         "trainer 'experimental' divides by optimizer.learning_rate, which has to be above 0");
  }
};

std::string name_of_rule(const StrategyOptions& options) {
  return std::visit([](const auto& rule) { return std::string(rule.name); }, options);
}

}  // namespace

void check_strategy(const StrategyOptions& options, const OptimizerOptions& optimizer,
                    std::size_t workers) {
  std::visit(Check{optimizer, workers}, options);
}

void warn_of_strategy(const StrategyOptions& options, const OptimizerOptions& optimizer,
                      std::size_t workers) {
  std::visit(
      [&](const auto& rule) {
        if constexpr (requires { rule.moving_rate; }) {
          const double alpha = moving_rate(rule.moving_rate, optimizer.learning_rate, workers);
          warn_of_moving_rate(rule.moving_rate, alpha, workers);
        }
      },
      options);
}

void check_compression(const StrategyOptions& options, const CompressionOptions& compression) {
  if (compression.kind == CompressionKind::none) return;
  const bool sends_positions = std::visit(
      [](const auto& rule) {
        return requires { rule.moving_rate; };
      },
      options);
  if (topology(options) == Topology::parameter_server && !sends_positions) return;
  fail(ExitCode::bad_experiment,
       "server.compression = \"{}\" compresses what is added to a center; trainer '{}' {}",
       name_of(compression.kind), name_of_rule(options),
       sends_positions ? "sends positions" : "has no parameter server");
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
