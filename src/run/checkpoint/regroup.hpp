// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <vector>

#include "experiment/experiment.hpp"
#include "run/checkpoint/former_worker.hpp"
#include "tusk/state.hpp"

namespace tusk::mpi {
class Communicator;
}

namespace tusk::checkpoint {

struct Facts;
struct Origin;
struct Wish;

// The workers of a job, as its topology makes them of its ranks.
struct Group {
  std::size_t workers = 1;
  std::optional<std::size_t> worker;  // this rank's index, if it is one
};

// A run that goes on with another number of ranks, or in a tree with other nodes. Worker w goes on
// as worker w of the run before, with what that had beside the center; those that were not there
// begin with the center, or among peers with worker 0's model. What is left of the epochs that had
// begun is dealt anew among all (training::DealtRows). Where there is a tree, before or now, all
// workers begin with the center: with what all nodes had in common.
struct Regroup {
  std::size_t workers_before = 0;
  std::vector<FormerWorker> formers;  // by worker; the same on every rank
  std::vector<std::byte> bytes;       // of the worker that this rank's goes on as
  std::optional<State> state;         // reads them, from "worker" on; nothing: it begins
  bool itself = false;                // it is that worker; otherwise it begins with its model
  bool can_continue = true;           // whether any worker can be itself
  bool of_tree = false;

  // Whether the worker of this number, if there is one now, goes on as the one that there was.
  bool continued(std::size_t worker) const { return can_continue && !formers.at(worker).finished; }

  // How far those that were not there are, for the schedule of the learning rate and the clock.
  std::uint64_t mean_updates() const;
  double latest_s() const;
};

// Collective: reads the files of all workers of the checkpoint, each on one rank, and of this
// rank's own. Throws mpi::CollectiveError (bad_data, no_input) if one cannot be read.
std::unique_ptr<Regroup> read_regroup(const std::filesystem::path& checkpoint, const Facts& facts,
                                      const Experiment& experiment, const Wish& wish,
                                      const mpi::Communicator& world);

// On rank 0, when `before` has turned out to be the same experiment: makes of the checkpoint's
// facts and center what they would be if the group had begun at it.
void regroup(Origin& origin, const Experiment& before, const Group& group);

}  // namespace tusk::checkpoint
