// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "experiment/experiment.hpp"
#include "run/checkpoint/facts.hpp"
#include "run/checkpoint/regroup.hpp"
#include "tusk/extensions.hpp"
#include "tusk/state.hpp"

namespace tusk::mpi {
class Communicator;
}

namespace tusk::checkpoint {

// The checkpoint that a run goes on from, on each rank.
struct Origin {
  std::filesystem::path checkpoint;
  std::filesystem::path logs;             // the run directory whose logs it continues
  Facts facts;                            // on all ranks; what is text in them on rank 0 alone
  std::optional<ByteCount> memory_limit;  // of the run, which decides the order of what is streamed
  std::optional<CenterCopy> center;       // on rank 0, if there is one
  std::vector<std::byte> bytes;           // this rank's; none if it had nothing more to do
  std::optional<State> state;             // which reads them, behind what stands above

  // If the number of ranks has changed: what all must know of the workers before, and the state of
  // this rank's worker. `bytes` and `state` are then rank 0's alone.
  std::unique_ptr<Regroup> regroup{};
};

// What a command says of an earlier run in its run directory.
struct Wish {
  std::filesystem::path run_directory;
  bool overwrite = false;
  std::string resume = "auto";  // "auto", "never", or a checkpoint or run directory
  std::optional<std::size_t> virtual_workers{};  // of a simulation
  std::string like{};                            // Facts::like
  std::optional<Group> group{};        // of a run that may go on with another number of ranks
  std::vector<std::uint64_t> nodes{};  // Facts::nodes
};

// Collective. What the run in this directory goes on from; nothing if it begins. With "auto":
//
//   no run directory, or an empty one      begins
//   a finished run, or anything else       Error(cannot_create)
//   an unfinished run with checkpoints     goes on from the newest that can be read. One that is
//                                          damaged is renamed, with a warning. Error(bad_data) if
//                                          none can be read
//   an unfinished run without              is renamed to NAME.old-N; the run begins
//
// Error(bad_experiment) that shows the difference if the checkpoint is of another experiment. What
// may differ: more epochs, callbacks, checkpoint, trainer.threads, and where the data are, if they
// are the same (check_files), and the number of ranks and nodes, if the wish has a group (Regroup).
// Error(bad_experiment) if the number of ranks or virtual workers differs otherwise.
// Throws mpi::CollectiveError.
std::unique_ptr<Origin> find_origin(const Wish& wish, const Experiment& experiment,
                                    const mpi::Communicator& world, const Extensions& extensions);

// Error(bad_data) if the data files of the run are not those of the checkpoint.
void check_files(const Origin& origin, const std::vector<DataFile>& files);

// The same as find_origin() asks before anything is read: Error(cannot_create) if a run cannot
// begin or go on in this directory. Changes nothing.
void check_directory(const Wish& wish);

}  // namespace tusk::checkpoint
