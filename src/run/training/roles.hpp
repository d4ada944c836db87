// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "exchange/strategies/registry.hpp"
#include "experiment/experiment.hpp"
#include "run/records/node_files.hpp"

namespace tusk::mpi {
class Communicator;
}

namespace tusk::training {

// Who does what in a job.
//   sequential        rank 0 trains, the others wait
//   parameter_server  ranks 0 to S − 1 serve a shard of the center each (S is mostly 1), rank r is
//                     worker r − S; a single rank is server and worker in one
//   peers             rank r is worker r
//   independent       each rank by itself, in jobs of one rank (ensemble.hpp)
// In a simulation all workers are virtual ones of a single rank.
// Rank 0 always coordinates: reports, validation, the run directory.
//
// In a tree of several nodes (find_roles) the first rank of each node is its relay, as rank 0 is of
// its own, and the others are its workers. They are numbered from node to node.
struct Node {
  std::size_t count = 1;                  // of nodes
  std::size_t first = 0;                  // worker of this rank's
  std::size_t workers = 1;                // of them
  std::vector<std::uint64_t> of_ranks{};  // by rank of the job, the number of its node
};

struct Roles {
  std::size_t workers = 1;
  std::optional<std::size_t> worker;  // this rank's index among the workers, if it is one
  bool in_process = true;             // server and worker are one process
  bool simulated = false;             // all workers are virtual ones in this process
  std::optional<Node> node{};         // in a tree of several

  // This rank's worker among those that share its center.
  std::size_t place() const { return *worker - (node ? node->first : 0); }
};

// `shards` is S. Error(bad_experiment) if ranks that serve leave none to work.
// Of a flat center, or a tree of one node.
Roles assign_roles(strategies::Topology topology, std::size_t shards, int rank, int ranks);

// Throws that error for a single rank, too. train() calls it; `tusk check` does not, since a single
// rank may check an experiment that it cannot train.
void require_worker(std::size_t shards, int ranks);

// Collective. The roles of all ranks as the experiment wants them; a single rank has those of a
// flat center. Throws mpi::CollectiveError: what assign_roles() throws, and bad_experiment for a
// node of a tree that has a relay and no worker.
Roles find_roles(const Experiment& experiment, const mpi::Communicator& world);

// By rank of the job the number of its node; nothing but in a tree of several.
std::vector<std::uint64_t> nodes_of_ranks(const Roles& roles);

// Which workers each node has, in a tree of several, of ranks or simulated; else nothing.
std::vector<records::NodePlace> node_places(const Experiment& experiment, const Roles& roles);

// How many exchange with one center, and how many centers there are, for what depends on their
// number: of this rank's node, of a simulation's nodes, or, for a single rank that checks a tree,
// of two nodes.
struct CenterSizes {
  std::size_t workers = 1;
  std::size_t centers = 1;
};
CenterSizes center_sizes(const Experiment& experiment, const Roles& roles);

}  // namespace tusk::training
