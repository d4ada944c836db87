// SPDX-License-Identifier: Apache-2.0
#include "tusk/training/workplace.hpp"

#include <vector>

#include "tusk/strategies/registry.hpp"

namespace tusk::training {
namespace {

std::unique_ptr<optim::Optimizer> make_optimizer(const Experiment& experiment,
                                                 const nn::Model& model) {
  std::vector<std::size_t> sizes;
  for (const nn::Parameter& parameter : model.parameters()) sizes.push_back(parameter.size());
  return optim::make_optimizer(experiment.optimizer, sizes);
}

}  // namespace

Workplace::Workplace(const Experiment& experiment, const nn::Model& model,
                     std::span<const float> initial, const Site& site)
    : reporter_(
          static_cast<std::uint32_t>(site.worker), model.metrics().size(),
          strategies::topology(experiment.trainer.strategy) != strategies::Topology::sequential,
          site.sink, site.clock),
      center_(site.center, reporter_),
      optimizer_(make_optimizer(experiment, model)),
      strategy_(strategies::make_strategy(experiment.trainer.strategy,
                                          {.center = &center_,
                                           .peers = &site.peers,
                                           .workers = site.workers,
                                           .learning_rate = experiment.optimizer.learning_rate})),
      batches_(site.shard, {.batch_size = experiment.trainer.batch_size,
                            .shuffle = experiment.data.shuffle,
                            .seed = experiment.seed,
                            .worker = static_cast<std::uint32_t>(site.worker)}),
      passes_(batches_, experiment.trainer.epochs),
      worker_({.model = model,
               .optimizer = *optimizer_,
               .strategy = *strategy_,
               .passes = passes_,
               .gate = site.gate,
               .reporter = reporter_,
               .clock = site.clock},
              {.seed = experiment.seed,
               .index = static_cast<std::uint32_t>(site.worker),
               .batch_size = experiment.trainer.batch_size,
               .keep_optimizer_state = experiment.trainer.keep_optimizer_state},
              initial) {}

}  // namespace tusk::training
