// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "run/checkpoint/checkpointer.hpp"
#include "run/checkpoint/notices.hpp"
#include "run/coordinator/coordinator.hpp"
#include "run/coordinator/server_loop.hpp"
#include "run/records/node_sum.hpp"

namespace tusk::center {
class ControlBoard;
}

namespace tusk::checkpoint {

// The ranks of a job that write parts of checkpoints beside rank 0, which writes what all share.
struct PartRanks {
  std::size_t count = 1;                     // of the job
  std::vector<std::size_t> of_workers{};     // by worker
  std::vector<std::size_t> of_relays{};      // by node, in a tree; the first is rank 0
  std::vector<std::size_t> first_workers{};  // by node

  // Where the workers follow so many servers.
  static PartRanks behind_servers(std::size_t servers, std::size_t workers);

  // In a tree: `nodes` is the number of its node for each rank (Facts::nodes). The lowest rank of a
  // node is its relay, and workers are numbered from node to node.
  static PartRanks of_tree(std::span<const std::uint64_t> nodes);
};

// Rank 0's checkpoints of a run whose workers look at a board: asks them for one (Cell::checkpoint)
// and hears who stands at its gate (served_gate.hpp) or has finished. When all do, whoever knows
// that nothing is under way any more writes it, which lets them go on (Cell::released). All that a
// worker has reported came before its arrival. In a tree the relays hear their workers, and tell
// here at the cut, with the sum of their node, where all of these stand.
class AskedCheckpoints : public Notices, public records::SumSink, public coordinator::Duty {
 public:
  // `board`: whose cells reach all workers. What is referred to must outlive the object.
  AskedCheckpoints(Checkpointer& checkpointer, coordinator::Coordinator& coordinator,
                   center::ControlBoard& board, PartRanks ranks);

  // For a run that goes on.
  void restore(const Facts& facts);

  void submit(records::Report report) override;
  void submit(records::NodeSum sum) override;
  bool advance() override;
  bool over() override;

  // In a tree: so many steps have been, of which the coordinator will hear within a second.
  void trained(std::uint64_t steps) { trained_ = steps; }

  std::uint64_t asked() const { return asked_; }  // that workers are on their way to; 0: none
  bool stops() const { return checkpointer_.stops(); }
  bool all_there() const;

  // With what `keep` goes through behind the facts, and this model. Afterwards none is asked for.
  void write(State::Keep keep, AlignedVector<float> model);
  void cancel();  // nobody stands: all have finished

 private:
  void on_arrival(const records::Report& notice) override;
  void ask();
  std::size_t notices_of_nodes(const std::vector<std::uint8_t>& parts) const;

  struct Place {
    bool arrived = false;
    bool finished = false;
    std::uint64_t steps = 0;
  };

  Checkpointer& checkpointer_;
  coordinator::Coordinator& coordinator_;
  center::ControlBoard& board_;
  PartRanks ranks_;
  std::vector<Place> workers_;
  std::vector<std::uint64_t> steps_of_gone_;  // workers of a larger number, before
  std::uint64_t trained_ = 0;
  bool wanted_ = false;
  std::uint64_t asked_ = 0;
  double asked_s_ = 0.0;
};

}  // namespace tusk::checkpoint
