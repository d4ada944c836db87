// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include "data/datasets/dataset.hpp"
#include "experiment/data_options.hpp"
#include "run/checkpoint/facts.hpp"

namespace tusk::training {

// The data files of an experiment, open. Everything in a run that reads them or asks them for names
// does so through these: transforms, shards, streams, validation, the manifest, the test at the
// end. Only data.read = "collective" opens the training files once more, to read a shard through
// MPI-IO, where every call on a file is collective. Cheap to copy.
struct DataFiles {
  datasets::Dataset train;
  std::optional<datasets::Dataset> validation;
  std::optional<datasets::Dataset> test;
};

// The data sets that the experiment names.
datasets::ArrayNames array_names(const DataOptions& options);

// Opens and checks them: samples of the same shape, columns and classes of the same names. Not
// collective. Throws what datasets::Dataset throws, and Error(bad_data) for files that do not go
// together.
DataFiles open_data_files(const DataOptions& options);

// What checkpoints say of them. Errors as hdf5::File.
std::vector<checkpoint::DataFile> identify(const DataFiles& files);

}  // namespace tusk::training
