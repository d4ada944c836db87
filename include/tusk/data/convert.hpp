// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tusk/io/column_choice.hpp"
#include "tusk/io/csv_table.hpp"
#include "tusk/io/table.hpp"

namespace tusk::data {

// What `convert` is asked to do.
struct ConvertOptions {
  std::vector<std::string> inputs = {};  // one CSV file, or one or two array files (IDX, NPY)
  io::ColumnChoice columns = {};         // its label: a column, or a file of labels
  std::string output = {};               // HDF5 file
  bool overwrite = false;                // of an existing output
  io::FieldNames names = {};             // of the data sets
  io::CsvOptions csv = {};               // left at its defaults for array files
};

// What `convert` did.
struct Conversion {
  std::uint64_t rows = 0;
  io::TableField features;
  std::optional<io::TableField> label;
  std::optional<std::size_t> classes;  // different labels, where they are few whole numbers
  std::uint64_t missing_values = 0;    // empty cells of a CSV file and the like, stored as NaN
};

// Converts the inputs to an HDF5 file with a data set of features and, if there are labels, one of
// labels, contiguous, with the checksum stored. Of two array files without `label`, the one with a
// single dimension holds the labels. The names of columns and classes are kept as the attributes
// `column_names` of the features and `class_names` of the labels. The output appears complete or
// not at all.
//
// Reads and writes blocks of some 8 MB, so that memory does not grow with the data. One process
// does it. Throws Error(usage) for inputs that do not go together, Error(no_input), Error(bad_data)
// if an input is malformed, Error(cannot_create) if the output exists already or cannot be created,
// Error(io_error).
Conversion convert(const ConvertOptions& options);

}  // namespace tusk::data
