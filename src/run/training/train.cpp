// SPDX-License-Identifier: Apache-2.0
#include "run/training/train.hpp"

#include "core/units.hpp"
#include "exchange/strategies/registry.hpp"
#include "mpi/collectively.hpp"
#include "mpi/communicator.hpp"
#include "mpi/watch.hpp"
#include "run/checkpoint/origin.hpp"
#include "run/training/core_count.hpp"
#include "run/training/ensemble.hpp"
#include "run/training/roles.hpp"
#include "run/training/same_everywhere.hpp"
#include "run/training/topologies.hpp"
#include "tusk/error.hpp"

namespace tusk::training {

records::Summary train(const Experiment& experiment, const RunOptions& options,
                       const mpi::Communicator& world, const Extensions& extensions) {
  const StrategyOptions& strategy = experiment.trainer.strategy;
  const ServerOptions& server = experiment.server;
  mpi::Watch::set_limits(parse_duration(server.stall_warning), parse_duration(server.stall_abort));
  require_same_experiment(experiment, options.run_directory, world);
  const bool is_tree = server.topology == ServerTopology::tree;
  if (is_tree) check_tree(experiment, world);
  if (strategies::topology(strategy) == strategies::Topology::independent) {
    return train_ensemble(experiment, options, world, extensions);
  }
  const Roles roles = find_roles(experiment, world);
  if (is_tree) check_tree_of_ranks(experiment, roles, world);
  const checkpoint::Group group{.workers = roles.workers, .worker = roles.worker};
  auto origin = checkpoint::find_origin({.run_directory = options.run_directory,
                                         .overwrite = options.overwrite,
                                         .resume = options.resume,
                                         .group = group,
                                         .nodes = nodes_of_ranks(roles)},
                                        experiment, world, extensions);
  // Reading may take long: a signal that comes meanwhile is obeyed before the first step.
  auto signals = std::make_unique<checkpoint::Signals>(experiment.checkpoint);
  Experiment limited = experiment;
  if (origin && !limited.data.memory_limit) limited.data.memory_limit = origin->memory_limit;
  const Assembly assembly = assemble(limited, roles, world, extensions);
  mpi::collectively(world, [&] { require_worker(experiment.server.shards, world.size()); });
  warn_of_few_cores(roles.worker ? experiment.trainer.threads : 0, world);
  return train_assembly(assembly, options, world, std::move(origin), std::move(signals));
}

records::Summary train_assembly(const Assembly& assembly, const RunOptions& options,
                                const mpi::Communicator& world,
                                std::unique_ptr<checkpoint::Origin> origin,
                                std::unique_ptr<checkpoint::Signals> signals) {
  const Run run(assembly, options, world, std::move(origin), std::move(signals));
  if (assembly.roles.in_process) return run.end(run_in_process(run));
  const auto topology = strategies::topology(assembly.experiment.trainer.strategy);
  if (assembly.roles.node) return run.end(run_in_tree(run));
  if (topology == strategies::Topology::peers) return run.end(run_with_peers(run));
  return run.end(run_with_server(run));
}

}  // namespace tusk::training
