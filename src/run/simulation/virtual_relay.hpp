// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <span>

#include "experiment/experiment.hpp"
#include "run/relay/meeting_times.hpp"
#include "run/relay/relay.hpp"
#include "run/simulation/center_access.hpp"
#include "run/simulation/network.hpp"
#include "run/simulation/scheduler.hpp"
#include "run/simulation/virtual_cut.hpp"
#include "run/simulation/virtual_node.hpp"
#include "run/simulation/virtual_peers.hpp"
#include "run/simulation/virtual_sink.hpp"

namespace tusk::simulation {

// The relays of a virtual machine with several nodes, and what they share: the way between the
// nodes, and the center at rank 0 where their rule has one. Each relay is a thread of the scheduler
// behind the workers'. What an exchange carries becomes known to rank 0 when it is over.
class VirtualTree {
 public:
  struct Setup {
    const Experiment& experiment;
    std::span<const float> initial;  // what every center begins with
    std::size_t statistics = 0;      // of it, the last
    std::size_t parameters = 0;      // that it stands for
    std::size_t workers = 0;         // the first relay's place in the scheduler
    const Network& network;          // in a node
    VirtualCut& cut;
    const TakeReport& take;
  };
  // What is referred to must outlive the object.
  VirtualTree(const Setup& setup, Scheduler& scheduler, std::deque<VirtualNode>& nodes);
  ~VirtualTree();
  VirtualTree(const VirtualTree&) = delete;
  VirtualTree& operator=(const VirtualTree&) = delete;

  void run(std::size_t relay);

  // What a checkpoint keeps beside the nodes, while all stand.
  void keep(State& state);

  // out = what the nodes have in common; for the one whose turn it is.
  void snapshot(std::span<float> out);

 private:
  class VirtualRelay;

  // Of what it commits to the relays' center, which rank 0's reaches by memory.
  CompressionOptions compression_of(std::size_t relay) const;

  Setup setup_;
  Scheduler& scheduler_;
  RelayOptions options_;
  Network network_;  // between nodes
  StepTimes no_times_;
  Meeting barrier_;
  Meeting tallies_;
  Meeting exchanges_;
  std::optional<VirtualShards> root_;
  std::deque<VirtualRelay> relays_;
};

}  // namespace tusk::simulation
