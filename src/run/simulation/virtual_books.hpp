// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <deque>
#include <vector>

#include "run/records/node_book.hpp"
#include "run/training/run.hpp"
#include "tusk/state.hpp"

namespace tusk::simulation {

// What the relays of a simulated tree write and tell, as those of ranks do (relay::Courier): a
// history for each node, and sums for the coordinator, of each node once a virtual second, and of
// all when an epoch is over. Reports come in virtual order when an exchange has carried what they
// tell of, each exchange's own behind them.
class VirtualBooks {
 public:
  // Opens the histories. `coordinator` must outlive the object. Error(cannot_create).
  VirtualBooks(const training::Run& run, coordinator::LocalSink& coordinator,
               const records::EpochBook& epochs);

  void take(records::Report report);
  void tell_all();  // at the cut of a checkpoint, and at the end

  // What a checkpoint keeps, when all is told.
  void keep(State& state);

  // At the end, to be closed.
  std::vector<records::HistoryFile> take_histories();

 private:
  struct Node {
    records::NodeBook book;
    records::NodeSum carried;
    std::size_t first = 0;  // worker
    double told_s = 0.0;    // when it told last
  };

  Node& node_of(std::size_t worker);
  void tell(Node& node);

  coordinator::LocalSink& coordinator_;
  const records::EpochBook& epochs_;
  std::deque<Node> nodes_;
};

}  // namespace tusk::simulation
