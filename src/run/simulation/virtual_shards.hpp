// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <span>

#include "exchange/center/local_center.hpp"
#include "run/simulation/network.hpp"
#include "run/simulation/scheduler.hpp"
#include "run/simulation/step_times.hpp"
#include "run/simulation/virtual_center.hpp"
#include "tusk/center.hpp"

namespace tusk::simulation {

// The parameter servers of the virtual machine, each with its shard of the center.
class VirtualShards {
 public:
  // `parameters`: how many the weights stand for. The last `statistics` numbers of `initial` are
  // statistics, which the last shard has. `momentum`: whether the center keeps one (RuleTraits).
  VirtualShards(std::span<const float> initial, std::size_t parameters, std::size_t shards,
                std::size_t workers, std::size_t statistics, bool momentum);

  // A worker's access, which this object must outlive. `memory`: that the workers exchange through,
  // if there are no servers; `bell`: of a node's relay; `compression`: of what it commits.
  std::unique_ptr<center::CenterVariable> connect(Scheduler& scheduler, std::size_t worker,
                                                  const Network& network, const StepTimes& times,
                                                  const CompressionOptions& compression,
                                                  NodeMemory* memory = nullptr,
                                                  Bell* bell = nullptr);

  // The same for the relay of a node, which has one shard.
  CenterSite site(NodeMemory* memory) { return {shards_.front().server, memory}; }
  std::uint64_t take(std::span<float> out, std::span<float> kept) {
    return shards_.front().side.take(out, kept);
  }
  std::uint64_t merge(std::span<const float> change) { return shards_.front().side.merge(change); }

  // The servers' side, for the one whose turn it is.
  void snapshot(std::span<float> out);
  center::ControlBoard& board() { return shards_.front().side.board(); }
  void keep(State& state);
  std::uint64_t updates() { return shards_.front().side.updates(); }

 private:
  struct Shard {
    std::shared_ptr<center::LocalState> state;
    center::LocalServer side;
    std::size_t parameters;
    Server server{};
  };
  std::deque<Shard> shards_;
};

}  // namespace tusk::simulation
