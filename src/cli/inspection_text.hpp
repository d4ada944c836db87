// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "tusk/extensions.hpp"

namespace tusk::hdf5 {
class File;
}

namespace tusk::cli {

// What `inspect` says about a file below its tree: each function returns lines, each with its line
// end, and is in a source of its name.

// Every data set of numbers: its classes and how often they occur, or the range of its values.
std::string data_text(const hdf5::File& file);

// Steps, workers, commits and staleness of a training.
std::string history_text(const hdf5::File& file);

// Layers and parameters of a model, its loss with its options, classes and transforms.
std::string model_text(const std::string& path, const Extensions& extensions);

}  // namespace tusk::cli
