// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "run/training/run.hpp"

namespace tusk::training {

// How the workers of a run train together, for each topology: rank 0 begins the run, the workers
// are made and train, and rank 0 takes the model. The outcome is rank 0's; the others' is empty.

// Server and worker in one process, without messages: rank 0's form of every trainer when it is
// alone. Not collective; other ranks return at once.
Outcome run_in_process(const Run& run);

// Collective. Rank 0 serves, and the first ranks after it do if the center has several shards; the
// others work.
Outcome run_with_server(const Run& run);

// Collective. A tree of centers of several nodes: the first rank of each is its relay, the others
// work with its center, as they do with rank 0 where there is one center.
Outcome run_in_tree(const Run& run);

// Of a tree, what nobody can do: in rules and options, and with so few ranks; then, with the roles
// that they have, what a tree of several nodes of ranks cannot do yet. Collective; throw
// mpi::CollectiveError.
void check_tree(const Experiment& experiment, const mpi::Communicator& world);
void check_tree_of_ranks(const Experiment& experiment, const Roles& roles,
                         const mpi::Communicator& world);

// Collective: what a center begins with, `mine` of rank 0, on all ranks that go on: several of them
// may serve a part of it. The others' is theirs.
AlignedVector<float> initial_everywhere(const Run& run, std::span<const float> mine);

// Collective: rank 0's orders, which a run that goes on has read, for every worker.
void share_orders(const mpi::Communicator& world, center::ControlBoard& from,
                  center::ControlBoard& to);

// Collective. Every rank works, rank 0 coordinates as well.
Outcome run_with_peers(const Run& run);

}  // namespace tusk::training
