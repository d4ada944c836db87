// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "data/datasets/dataset.hpp"
#include "experiment/experiment.hpp"
#include "net/formats/model_file.hpp"
#include "run/checkpoint/facts.hpp"
#include "tusk/extensions.hpp"

namespace tusk::training {

// The data files of an experiment, open. Everything in a run that reads them or asks them for names
// does so through these: transforms, shards, streams, validation, the manifest, the test at the
// end. Only data.read = "collective" opens the training files once more, to read a shard through
// MPI-IO, where every call on a file is collective. Cheap to copy.
struct DataFiles {
  datasets::ArrayNames names;  // of the data sets, in the order of the model's inputs and outputs
  datasets::Dataset train;
  std::optional<datasets::Dataset> validation;
  std::optional<datasets::Dataset> test;
};

// What the experiment calls the inputs and outputs of its model, which may be that of a file; none
// where it has no names for them, as for a chain.
struct ModelNames {
  std::vector<std::string> inputs;
  std::vector<std::string> outputs;
};
ModelNames model_names(const ModelOptions& options, const formats::ModelContent* origin);

// The data sets that the experiment names: for each input and output its own, by order or by name.
// Several outputs share one array of labels if no more are named and nothing weighs them apart.
// Error(bad_experiment) that names the key if an input has none, or one has no input or output.
datasets::ArrayNames array_names(const Experiment& experiment, const ModelNames& model);

// The model file that training goes on from, with its new head, if it gets one; nothing without
// model.file. Not collective. Throws what formats::load_model and formats::change_head throw.
std::optional<formats::ModelContent> read_model_file(const ModelOptions& options,
                                                     const Extensions& extensions);

// Opens and checks them: samples of the same shape, columns and classes of the same names. Not
// collective. Throws what datasets::Dataset and formats::load_model throw, Error(bad_experiment) as
// above, and Error(bad_data) for files that do not go together.
DataFiles open_data_files(const Experiment& experiment, const Extensions& extensions);

// What checkpoints say of them. Errors as hdf5::File.
std::vector<checkpoint::DataFile> identify(const DataFiles& files);

}  // namespace tusk::training
