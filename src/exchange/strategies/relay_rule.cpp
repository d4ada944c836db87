// SPDX-License-Identifier: Apache-2.0
#include "exchange/strategies/relay_rule.hpp"

#include <variant>

#include "core/log.hpp"
#include "exchange/strategies/registry.hpp"
#include "tusk/error.hpp"

namespace tusk::strategies {
namespace {

// What a node's workers do needs a center in their node's memory, whose exchanges are atomic.
void check_trainer_in_tree(const TrainerOptions& trainer) {
  const std::string name = name_of_rule(trainer.strategy);
  if (topology(trainer.strategy) != Topology::parameter_server) {
    fail(ExitCode::bad_experiment,
         "server.topology = \"tree\" gives each node a center; trainer '{}' has none", name);
  }
  if (wanted_consistency(trainer) == Consistency::none) {
    fail(ExitCode::bad_experiment,
         "server.topology = \"tree\" and consistency \"none\"{} do not go together: what a relay "
         "brings must not be lost in a race",
         trainer.consistency ? "" : " of trainer '" + name + "'");
  }
}

void check_server_in_tree(const ServerOptions& server) {
  if (server.shards > 1) {
    fail(ExitCode::bad_experiment,
         "server.shards = {} spreads one center over servers; in server.topology = \"tree\" every "
         "node has its own",
         server.shards);
  }
}

// What is compressed in a tree is what relays add to their center at rank 0, by messages.
void check_relays_compression(const StrategyOptions& rule, const CompressionOptions& compression) {
  if (compression.kind == CompressionKind::none) return;
  const RuleTraits& of_rule = traits(rule);
  if (of_rule.topology == Topology::parameter_server && !of_rule.sends_positions) return;
  fail(ExitCode::bad_experiment,
       "server.compression = \"{}\" in server.topology = \"tree\" compresses what relays add to "
       "their center at rank 0 (workers reach their node's by memory); those of relay.name = "
       "\"{}\" {}; \"async_local_sgd\", \"delayed_nesterov\", \"dynsgd\" and \"downpour\" can",
       name_of(compression.kind), name_of_rule(rule),
       of_rule.sends_positions ? "send positions" : "have none, but meet in MPI_Allreduce");
}

}  // namespace

RelayOptions relay_rule(const std::optional<RelayOptions>& relay, const StrategyOptions& workers) {
  if (relay) return *relay;
  RelayOptions by_default;
  if (traits(workers).sends_positions) by_default.rule = EasgdOptions{};
  return by_default;
}

void check_tree(const TrainerOptions& trainer, const ServerOptions& server,
                const std::optional<RelayOptions>& relay) {
  if (server.topology == ServerTopology::flat) {
    if (!relay) return;
    fail(ExitCode::bad_experiment,
         "[relay] says how the nodes of a tree exchange, but server.topology is \"flat\"; "
         "server.topology = \"tree\" makes one");
  }
  check_trainer_in_tree(trainer);
  check_server_in_tree(server);
  const StrategyOptions rule = relay_rule(relay, trainer.strategy).rule;
  if (const char* const reason = traits(rule).not_between_relays) {
    fail(ExitCode::bad_experiment, "relay.name = \"{}\" does not go between relays: it {}",
         name_of_rule(rule), reason);
  }
  if (!exchanges_anything(topology(rule))) {
    fail(ExitCode::bad_experiment,
         "relay.name = \"{}\" does not go between relays: it exchanges "
         "nothing",
         name_of_rule(rule));
  }
  check_relays_compression(rule, server.compression);
}

void check_relays(const RelayOptions& relay, const OptimizerOptions& optimizer,
                  std::size_t relays) {
  check_strategy(relay.rule, optimizer, relays);
}

void warn_of_relays(const RelayOptions& relay, const OptimizerOptions& optimizer,
                    std::size_t relays) {
  warn_of_strategy(relay.rule, optimizer, relays);
  if (!std::holds_alternative<DownpourOptions>(relay.rule) || relays < 2) return;
  warning(
      "relay.name = \"downpour\" adds up what {} nodes have done, which loses accuracy from four "
      "nodes on; \"async_local_sgd\" takes their mean, \"diloco\" with momentum",
      relays);
}

}  // namespace tusk::strategies
