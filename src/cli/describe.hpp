// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "tusk/extensions.hpp"

namespace tusk::hdf5 {
class File;
}

namespace tusk::cli {

// What `inspect` says about a file below its tree: each function returns lines, each with its line
// end, and has a source of its own.

// Every data set of numbers: its classes and how often they occur, or the range of its values.
std::string describe_data(const hdf5::File& file);

// Steps, workers, commits and staleness of a training.
std::string describe_history(const hdf5::File& file);

// Layers and parameters of a model, its loss, classes and transforms.
std::string describe_model(const std::string& path, const Extensions& extensions);

}  // namespace tusk::cli
