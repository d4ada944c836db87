// SPDX-License-Identifier: Apache-2.0
#include "run/simulation/virtual_shards.hpp"

#include <utility>
#include <vector>

#include "exchange/center/local_state.hpp"
#include "exchange/center/sharded_center.hpp"
#include "run/simulation/virtual_center.hpp"

namespace tusk::simulation {

VirtualShards::VirtualShards(std::span<const float> initial, std::size_t parameters,
                             std::size_t shards, std::size_t workers, std::size_t statistics,
                             bool momentum) {
  auto weights = center::cut_into_shards(initial.size() - statistics, shards);
  weights.back() += statistics;
  const auto sizes = center::cut_into_shards(parameters, shards);
  for (std::size_t s = 0; s < shards; ++s) {
    const auto slice = initial.subspan(weights[s], weights[s + 1] - weights[s]);
    const std::size_t own_statistics = s + 1 < shards ? 0 : statistics;
    const auto begins = slice.first(slice.size() - own_statistics);
    std::vector<float> at_first(momentum ? begins.size() : 0);  // v, then θ_kept
    if (momentum) at_first.insert(at_first.end(), begins.begin(), begins.end());
    const auto state = center::make_local_state(slice, workers, own_statistics, at_first);
    shards_.push_back({.state = state,
                       .side = center::LocalServer(state),
                       .parameters = sizes[s + 1] - sizes[s]});
  }
}

std::unique_ptr<center::CenterVariable> VirtualShards::connect(
    Scheduler& scheduler, std::size_t worker, const Network& network, const StepTimes& times,
    const CompressionOptions& compression, NodeMemory* memory, Bell* bell) {
  std::vector<std::unique_ptr<center::CenterVariable>> centers;
  for (Shard& shard : shards_) {
    const VirtualCenter::Costs costs{network, times, shard.parameters, shards_.size(), compression};
    const CenterSite site{.server = shard.server, .memory = memory};
    centers.push_back(
        std::make_unique<VirtualCenter>(shard.state, costs, scheduler, worker, site, bell));
  }
  if (centers.size() == 1) return std::move(centers.front());
  return std::make_unique<center::ShardedCenter>(std::move(centers), worker);
}

void VirtualShards::snapshot(std::span<float> out) {
  for (Shard& shard : shards_) {
    shard.side.snapshot(out.first(shard.side.size()));
    out = out.subspan(shard.side.size());
  }
}

void VirtualShards::keep(State& state) {
  for (Shard& shard : shards_) {
    state("state", *shard.state);
    state("server", shard.server);
  }
}

}  // namespace tusk::simulation
