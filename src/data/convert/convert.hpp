// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "data/convert/arrangement.hpp"
#include "data/csv/csv_options.hpp"
#include "data/hdf5/file.hpp"
#include "data/tables/column_choice.hpp"
#include "data/tables/input_format.hpp"
#include "data/tables/libsvm_table.hpp"
#include "data/tables/table.hpp"

namespace tusk::mpi {
class Communicator;
}

// From tables to HDF5. convert() opens the inputs as one table (open_table). Where rows keep their
// order, copy_rows copies them, each rank its share. Where they are shuffled, split or both:
//
//   row_plan      knows for each row which file it goes to, and where in it, as the arrangement
//                 asks for; a permutation says so without memory for every row.
//   scatter_rows  follows it: all ranks sort the rows into buckets of a spool on disk, and then
//                 write bucket by bucket.
//
// Both keep rows in field_buffers and work in rounds, so that a rank that fails leaves no other one
// waiting. What they write to is a convert_output, which puts rows into the file's bytes directly
// (raw_file), or as compressed chunks by way of rank 0 (write_chunks).

namespace tusk::convert {

// What `convert` is asked to do.
struct ConvertOptions {
  std::vector<std::string> inputs = {};            // CSV or libsvm files, or array files (IDX, NPY)
  std::optional<tables::InputFormat> format = {};  // of the inputs; none: what they look like
  tables::ColumnChoice columns = {};               // its label: a column, or a file of labels
  std::string output = {};            // HDF5 file; if it is split, path_of_part() says which
  bool overwrite = false;             // an existing output is replaced
  tables::FieldNames names = {};      // of the data sets
  csv::CsvOptions csv = {};           // left at its defaults for array files
  tables::LibsvmOptions libsvm = {};  // their type is that of `csv`
  hdf5::Storage storage = {};         // of the data sets; compressed, chunks of some 1 MB
  Arrangement arrangement = {};       // which rows go where
};

// What `convert` did.
struct Conversion {
  struct File {
    std::string path;
    std::uint64_t rows = 0;
  };
  std::vector<File> files;
  tables::TableField features;
  std::optional<tables::TableField> label;
  std::optional<std::size_t> classes;  // different labels, where they are few whole numbers
  std::uint64_t missing_values = 0;    // empty cells of a CSV file and the like, stored as NaN
  std::uint64_t rounded_values = 0;    // whole numbers that the features' type does not hold
  tables::BadRows bad_rows;            // left out
  std::vector<std::string> notes;      // of the table
};

// Converts the inputs to an HDF5 file with a data set of features and, if there are labels, weights
// or groups, one of each, with the checksum stored; or to several such files, if the rows are
// split. Several CSV or libsvm files, and several arrays of features, are one behind the other. Of
// two array files without `label`, the one with a single dimension holds the labels. The names of
// columns and classes are kept as the attributes `column_names` of the features and `class_names`
// of the labels; those of a column of categories, column 3 for example, as `category_names:3:` of
// the features. An output appears complete or not at all.
//
// Collective if there is a communicator: the ranks share the rows and write the file together, and
// the data sets are the same for any number of ranks. Every error is then every rank's.
//
// Memory of a rank, however large the data are: 32 MiB, or 160 MiB where rows change their order,
// and what its table needs (CsvTable, ArrayTable); more only for rows or chunks above 8 MB.
// Where rows change their order, they go through a temporary file of their size beside the output.
//
// Throws Error(usage) for inputs that do not go together, Error(no_input), Error(bad_data) if an
// input is malformed, Error(cannot_create) if an output exists already or cannot be created,
// Error(io_error).
Conversion convert(const ConvertOptions& options, const mpi::Communicator* communicator = nullptr);

}  // namespace tusk::convert
