// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/aligned_vector.hpp"
#include "data/datasets/column_names.hpp"
#include "data/samples/partitions.hpp"
#include "data/samples/sample_source.hpp"
#include "data/transforms/transforms.hpp"
#include "experiment/experiment.hpp"
#include "net/graph/model.hpp"
#include "run/training/roles.hpp"

namespace tusk::mpi {
class Communicator;
}

namespace tusk::training {

struct Member;

// What an experiment comes to when its files are opened: the model, and this rank's part of the
// data.
struct Job {
  Roles roles;
  graph::Model model;
  transforms::Transforms transforms;
  std::vector<std::string> class_names;  // by class index, from the training file; may be empty
  datasets::ColumnNames columns;         // likewise
  AlignedVector<float> initial;          // one weight a parameter, the same on every rank
  std::uint64_t training_rows = 0;       // of all workers
  std::size_t repeat = 1;                // passes over them in an epoch

  // This worker's samples; none on a rank that does not train.
  std::unique_ptr<const samples::SampleSource> shard{};

  // Instead of shards, if workers claim partitions.
  std::optional<samples::Partitions> partitions{};

  // On rank 0, if the experiment validates.
  std::unique_ptr<const samples::SampleSource> validation{};

  std::uint64_t samples_per_epoch() const { return repeat * training_rows; }
};

// Error(bad_experiment) if so many workers cannot do what the experiment says, whatever its data
// are. Not collective. Part of what follows.
void check_workers(const Experiment& experiment, std::size_t workers);

// Collective. Opens and checks every file of the experiment, builds the model, reads the shards.
// Throws mpi::CollectiveError (bad_experiment, bad_data, no_input).
Job prepare_job(const Experiment& experiment, const mpi::Communicator& world);

// The same for a member of an ensemble, which one rank trains by itself: the shard is its rows.
Job prepare_member_job(const Experiment& experiment, const mpi::Communicator& world,
                       const Member& member);

// The same for so many virtual workers in one process (`world` has one rank): all training rows are
// in the shard.
Job prepare_virtual_job(const Experiment& experiment, const mpi::Communicator& world,
                        std::size_t workers);

}  // namespace tusk::training
