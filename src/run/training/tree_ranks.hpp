// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>

#include "mpi/communicator.hpp"
#include "run/training/roles.hpp"

namespace tusk::training {

// The ranks of a tree of centers: which of them make a node, with a center for its workers, and the
// relays among each other. A node is the ranks of a machine, as MPI finds that they share memory
// (MPI_COMM_TYPE_SHARED), or every `ranks_per_node` of them, in the order of the ranks. Nodes are
// numbered by their lowest ranks, which are their relays.
class TreeRanks {
 public:
  // Collective. Throws mpi::CollectiveError (bad_experiment) for a node of one rank.
  TreeRanks(const mpi::Communicator& world, std::optional<std::size_t> ranks_per_node);

  const Node& node() const { return node_; }
  Roles roles() const;
  bool is_relay() const { return ranks_.rank() == 0; }

  // Of this node's ranks; rank 0 is the relay.
  const mpi::Communicator& ranks() const { return ranks_; }

  // Of the relays, in the order of the nodes, so that rank 0 is rank 0; what a worker gets is of no
  // use.
  const mpi::Communicator& relays() const { return relays_; }

 private:
  mpi::Communicator ranks_;
  mpi::Communicator relays_;
  Node node_;
};

// The communicators of a tree, each for one thing, and what lies on them.
struct TreeWires {
  explicit TreeWires(const mpi::Communicator& world, std::optional<std::size_t> ranks_per_node)
      : ranks(world, ranks_per_node),
        node_reports(ranks.ranks().duplicate()),
        meetings(ranks.relays().duplicate()),
        relay_reports(ranks.relays().duplicate()),
        clocks(ranks.relays().duplicate()),
        node_claims(ranks.ranks().duplicate()),
        claims(ranks.relays().duplicate()),
        orders(ranks.relays().duplicate()) {}

  TreeRanks ranks;
  mpi::Communicator node_reports;
  mpi::Communicator meetings;
  mpi::Communicator relay_reports;
  mpi::Communicator clocks;
  mpi::Communicator node_claims;
  mpi::Communicator claims;
  mpi::Communicator orders;
};

}  // namespace tusk::training
