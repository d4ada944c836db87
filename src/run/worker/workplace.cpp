// SPDX-License-Identifier: Apache-2.0
#include "run/worker/workplace.hpp"

#include <vector>

#include "exchange/strategies/registry.hpp"
#include "net/optim/make_optimizer.hpp"

namespace tusk::worker {
namespace {

std::unique_ptr<optim::Optimizer> make_optimizer(const Experiment& experiment,
                                                 const graph::Model& model) {
  std::vector<std::size_t> sizes;
  for (const layers::Parameter& parameter : model.parameters()) sizes.push_back(parameter.size());
  return optim::make_optimizer(experiment.optimizer, sizes);
}

}  // namespace

Workplace::Workplace(const Experiment& experiment, const graph::Model& model,
                     std::span<const float> initial, const Site& site)
    : reporter_(static_cast<std::uint32_t>(site.worker), model.metrics().size(),
                exchanges_anything(topology(experiment.trainer.strategy)), site.sink, site.clock),
      center_(site.center, reporter_),
      overlapping_(experiment.trainer.overlap ? std::make_unique<center::OverlappingCenter>(center_)
                                              : nullptr),
      peers_(site.peers, reporter_),
      optimizer_(make_optimizer(experiment, model)),
      schedule_(experiment.optimizer),
      strategy_(strategies::make_strategy(
          experiment.trainer.strategy,
          {.center =
               overlapping_ ? static_cast<center::CenterVariable*>(overlapping_.get()) : &center_,
           .peers = &peers_,
           .workers = site.workers,
           .learning_rate = experiment.optimizer.learning_rate,
           .velocity = optimizer_->lookahead().velocity,
           .momentum = optimizer_->lookahead().momentum,
           .separate_pull = experiment.trainer.max_staleness.has_value()})),
      batches_(site.shard, {.batch_size = experiment.trainer.batch_size,
                            .shuffle = experiment.data.shuffle,
                            .seed = experiment.seed,
                            .worker = static_cast<std::uint32_t>(site.worker),
                            .repeat = experiment.data.repeat,
                            .epochs = experiment.trainer.epochs}),
      shard_passes_(batches_, experiment.trainer.epochs),
      worker_({.model = model,
               .optimizer = *optimizer_,
               .schedule = schedule_,
               .strategy = *strategy_,
               .passes = site.passes != nullptr ? *site.passes : shard_passes_,
               .gate = site.gate,
               .reporter = reporter_,
               .clock = site.clock,
               .overlapping = overlapping_.get()},
              {.seed = experiment.seed,
               .index = static_cast<std::uint32_t>(site.worker),
               .batch_size = experiment.trainer.batch_size,
               .keep_optimizer_state = experiment.trainer.keep_optimizer_state,
               .threads = site.threads},
              initial) {}

}  // namespace tusk::worker
