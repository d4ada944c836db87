// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "tusk/core/named.hpp"
#include "tusk/experiment/transform_options.hpp"

namespace tusk {

enum class ReadMode {
  independent,  // every rank reads its rows with the POSIX driver
  collective,   // MPI-IO, for parallel file systems
};

constexpr auto names_of(ReadMode) {
  return std::to_array<Named<ReadMode>>(
      {{"independent", ReadMode::independent}, {"collective", ReadMode::collective}});
}

// The [data] table.
struct DataOptions {
  std::string train;                      // HDF5 file
  std::optional<std::string> validation;  // HDF5 file; excludes validation_split
  std::optional<std::string> test;        // HDF5 file
  double validation_split = 0.0;      // in [0, 1): this share of the training rows, drawn by seed
  std::string features = "features";  // a data set in the files: [N, …]
  std::string label = "label";        // class indices [N], or one-hot or targets [N, K]
  bool shuffle = true;                // a new order every epoch
  ReadMode read = ReadMode::independent;
  std::vector<TransformOptions> transforms;

  friend bool operator==(const DataOptions&, const DataOptions&) = default;
};

}  // namespace tusk
