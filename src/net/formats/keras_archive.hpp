// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "data/hdf5/file.hpp"

// Keras 3's own form of a model, `.keras`: a zip archive of metadata.json (the version of Keras),
// config.json (the layers, and what the model was compiled with) and model.weights.h5
// (keras3_weights.hpp). Keras 2.12 to 2.15 write it, too. All of it is read into memory; nothing
// that is in it is run or unpickled.
namespace tusk::formats {

struct KerasArchive {
  std::string config;   // JSON
  std::string version;  // of Keras, "3.15.1"
  hdf5::File weights;   // with our own group, if the archive is ours
};

// Error(no_input), or Error(bad_data) that says what the archive is if it is none of Keras's.
KerasArchive open_archive(const std::string& path);

// config.json of a model: its model_config with, unless that is empty, its training_config.
std::string archive_config(const std::string& model_config, const std::string& training_config);

}  // namespace tusk::formats
