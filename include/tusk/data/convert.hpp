// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tusk/core/shape.hpp"
#include "tusk/io/csv_table.hpp"
#include "tusk/io/element_type.hpp"

namespace tusk::data {

// What `convert` is asked to do.
struct ConvertOptions {
  std::vector<std::string> inputs;   // one CSV file, or one or two array files (IDX, NPY)
  std::optional<std::string> label;  // a column of the CSV file, or the array file of the labels
  std::string output;                // HDF5 file
  bool overwrite = false;            // of an existing output
  io::CsvOptions csv;                // its label and field names are filled in from here
  std::string features_field = "features";
  std::string label_field = "label";
};

// What `convert` did.
struct Conversion {
  std::uint64_t rows = 0;
  Shape row_shape;  // of the features
  io::ElementType type = io::ElementType::f32;
  bool has_labels = false;
  std::optional<std::size_t> classes;  // how many different labels, if they are whole numbers
  std::uint64_t missing_cells = 0;
};

// Converts the inputs to an HDF5 file with a data set of features and, if there are labels, one of
// labels, contiguous, with the checksum stored. Of two array files without `label`, the one with a
// single dimension holds the labels. The output appears complete or not at all.
//
// Reads and writes blocks of some 8 MB, so that memory does not grow with the data.
// One process does it. Throws Error(usage) for inputs that do not go together, Error(no_input),
// Error(bad_data) if an input is malformed, Error(cannot_create) if the output exists already or
// cannot be created, Error(io_error).
Conversion convert(const ConvertOptions& options);

}  // namespace tusk::data
