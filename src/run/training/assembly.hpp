// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "data/datasets/column_names.hpp"
#include "data/datasets/split.hpp"
#include "data/samples/augmentation.hpp"
#include "data/samples/partitions.hpp"
#include "data/samples/sample_source.hpp"
#include "data/transforms/transforms.hpp"
#include "experiment/experiment.hpp"
#include "net/formats/optimizer_state.hpp"
#include "net/graph/model.hpp"
#include "run/training/data_files.hpp"
#include "run/training/roles.hpp"
#include "tusk/aligned_vector.hpp"
#include "tusk/extensions.hpp"

namespace tusk::mpi {
class Communicator;
}

namespace tusk::training {

struct Member;

// An experiment with everything that it names, made: what this rank needs to train. assemble()
// makes it, from top to bottom; a run (run.hpp) and its workers (make_worker.hpp) work with it.
struct Assembly {
  Experiment experiment;  // with the limit of memory that it will be repeated with
  Roles roles;
  DataFiles files;
  transforms::ArrayTransforms transforms;  // of each input
  // Of each array of labels, by index, as the transforms leave them; may be empty.
  std::vector<std::vector<std::string>> class_names;
  std::vector<datasets::ColumnNames> columns;  // of the training files, each input's; may be empty
  graph::Model model;
  AlignedVector<float> initial;     // one weight a parameter, the same on every rank
  std::uint64_t training_rows = 0;  // of all workers
  datasets::Split split{0};         // of the training files' rows
  // Of the training alone, for each array of labels by class; empty: all alike.
  std::vector<std::vector<double>> class_weights{};

  // What this rank's worker trains on: no samples on a rank that does not train, or if workers
  // claim partitions, and all training rows in a simulation.
  std::unique_ptr<const samples::SampleSource> shard{};
  std::optional<samples::Partitions> partitions{};

  // What changes them in each epoch; null: nothing.
  std::shared_ptr<const samples::Augmentation> augmentation{};

  // On rank 0, if the experiment validates.
  std::unique_ptr<const samples::SampleSource> validation{};

  // What the optimizer remembers of the training before, in model.file, where one optimizer trains
  // the whole model.
  std::optional<formats::OptimizerState> optimizer_state{};

  std::uint64_t samples_per_epoch() const { return experiment.data.repeat * training_rows; }
};

// Collective. Opens and checks every file of the experiment, builds the model, reads this rank's
// samples. `roles` are those that find_roles() gives. A model file that it goes on from may have
// objects of `extensions`. Throws mpi::CollectiveError (bad_experiment, bad_data, no_input).
Assembly assemble(const Experiment& experiment, const Roles& roles, const mpi::Communicator& world,
                  const Extensions& extensions);

// The same for a member of an ensemble, which one rank trains by itself: its samples are its rows,
// and its transforms learn from them. `experiment` is the member's, `alone` has this rank only.
Assembly assemble_member(const Experiment& experiment, const DataFiles& files, const Member& member,
                         const mpi::Communicator& alone, const Extensions& extensions);

// The same for so many virtual workers in one process: `alone` has one rank.
Assembly assemble_simulation(const Experiment& experiment, std::size_t workers,
                             const mpi::Communicator& alone, const Extensions& extensions);

// Warns of settings of the rules that work badly, of the workers' and, in a tree, the relays'.
void warn_of_rules(const Assembly& assembly);

// Error(bad_experiment) if the rules of a tree cannot do what the experiment says with so many at a
// center and so many centers. Not collective.
void check_rules(const Experiment& experiment, const CenterSizes& sizes);

// Error(bad_experiment) if so many workers cannot do what the experiment says, whatever its data
// are. Not collective. Part of assemble().
void check_workers(const Experiment& experiment, std::size_t workers);

}  // namespace tusk::training
