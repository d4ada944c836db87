// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "exchange/center/make_center.hpp"
#include "experiment/relay_options.hpp"
#include "run/checkpoint/asked_checkpoints.hpp"
#include "run/checkpoint/facts.hpp"
#include "run/checkpoint/part_writer.hpp"
#include "run/coordinator/coordinator.hpp"
#include "run/records/node_book.hpp"
#include "run/relay/claims.hpp"
#include "run/relay/courier.hpp"
#include "run/relay/duties.hpp"
#include "run/relay/node_relay.hpp"
#include "run/relay/orders.hpp"
#include "run/relay/slowest_clock.hpp"
#include "run/training/run.hpp"
#include "run/training/tree_ranks.hpp"
#include "tusk/state.hpp"

namespace tusk::training {

// A rank that is the relay of its node in a tree of centers, from the opened centers on: what
// relay::NodeRelay needs, made of an assembly, and on rank 0 the coordinator and the checkpoints.
class RelayRank {
 public:
  // Makes the coordinator, on rank 0, and reads what a checkpoint has of the relay. Not collective.
  // All must outlive the object. `updates_before`: of a run that goes on with other nodes.
  RelayRank(const Run& run, const TreeWires& wires, const RelayOptions& options,
            std::span<const float> initial, std::uint64_t updates_before,
            const center::Center& node, const center::Center* root, relay::Meanwhile& meanwhile);
  RelayRank(const RelayRank&) = delete;
  RelayRank& operator=(const RelayRank&) = delete;

  // Collective over the relays. The outcome has the node's history, and all else on rank 0.
  Outcome run();

  // What a checkpoint keeps of the relay.
  void keep(State& state) { relay_.keep(state); }

 private:
  relay::Courier::Sinks make_sinks(const Run& run);  // on rank 0
  checkpoint::PartWriter* make_writer(const Run& run);
  relay::Claims* make_claims(const Run& run, const TreeWires& wires);
  void go_on(const Run& run, std::uint64_t updates_before);
  void begin_with_other_nodes(const Run& run, std::uint64_t updates_before);
  void write_checkpoint();
  checkpoint::CenterCopy in_common(const checkpoint::CenterCopy& own);
  void common(std::span<float> out);

  const Assembly& assembly_;
  const center::Center& node_;
  const center::Center* root_;
  coordinator::Coordinator::Snapshot snapshot_;
  relay::OrderBoard board_;
  relay::OrderReceiver orders_;
  std::unique_ptr<coordinator::Coordinator> coordinator_;
  std::optional<checkpoint::AskedCheckpoints> checkpoints_;  // on rank 0
  std::optional<checkpoint::PartWriter> writer_;             // elsewhere
  records::NodeBook book_;
  relay::Courier courier_;
  relay::SlowestClock clocks_;
  std::optional<relay::Claims> claims_;  // where workers claim partitions
  relay::Duties duties_;
  relay::NodeRelay relay_;
};

}  // namespace tusk::training
