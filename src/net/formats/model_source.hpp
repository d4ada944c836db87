// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "data/hdf5/file.hpp"

namespace tusk::formats {

// A model on a disk, in any of the forms in which Keras keeps one: .h5, .keras, or the JSON of its
// layers alone. This is the only place that tells them apart.
struct ModelSource {
  std::string path;
  std::string layers;                     // JSON: {"class_name", "config"}
  bool is_keras3 = true;                  // whether their words mean what they do in Keras 3
  std::optional<std::string> training{};  // what the model was compiled with, JSON
  std::optional<hdf5::File> file{};       // with the weights, and our own group; none: JSON alone
};

// Error(no_input), or Error(bad_data) that says what the file is, if it is no model.
ModelSource open_model_source(const std::string& path);

// The file of weights alone, or of a model with them.
hdf5::File open_weights_file(const std::string& path);

// Whether a file is JSON, as far as its first character goes.
bool is_json_file(const std::string& path);
std::string read_json_file(const std::string& path);

}  // namespace tusk::formats
