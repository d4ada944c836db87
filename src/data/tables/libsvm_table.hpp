// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/element_type.hpp"
#include "data/tables/table.hpp"

namespace tusk::mpi {
class Communicator;
}

namespace tusk::tables {

// How libsvm files are to be read.
struct LibsvmOptions {
  int base = 1;                               // what they call the first feature, 0 or 1
  std::optional<std::uint64_t> columns = {};  // features; none: the largest index decides
  ElementType type = ElementType::f32;        // of the features, and of labels not whole
};

// The largest index that a file may hold, which the width of every row follows: the columns asked
// for, or 1,048,576. A file that lies about it makes no row of more than 8 MiB.
std::uint64_t most_columns_of(const LibsvmOptions& options);

// The rows of one or several files of the libsvm (svmlight) format (C.-C. Chang, C.-J. Lin,
// "LIBSVM: A library for support vector machines", README), one behind the other, sparse there and
// dense here: lines of "label index:value …", indices ascending, what is not named zero; "#" begins
// a comment. TextLabels says what labels may be.
//
// The files are read twice: to find the rows and learn the labels, which ranks do together
// (survey_libsvm), then for the values, each rank where it wants them. Memory of a rank: some 2
// MiB, the longest line (64 MiB at most) twice, the texts of labels, and 24 bytes for each 4 MiB of
// input.
class LibsvmTable : public Table {
 public:
  // Reads the files once. Collective if there is a communicator. Throws Error(no_input), and
  // Error(bad_data) with file and line for a line that is malformed, has a query (qid), several
  // labels, an index that does not ascend or is above most_columns_of(), or a label that TextLabels
  // does not take.
  LibsvmTable(const std::vector<std::string>& paths, const LibsvmOptions& options,
              const FieldNames& names = {}, const mpi::Communicator* communicator = nullptr);
  ~LibsvmTable() override;

  std::uint64_t rows() const override;
  const std::vector<TableField>& fields() const override { return fields_; }
  void read_rows(std::uint64_t first, std::uint64_t count,
                 std::span<const std::span<std::byte>> out) override;

  // Features that say NaN.
  std::uint64_t missing_values() const override { return missing_values_; }
  std::uint64_t rounded_values() const override { return rounded_values_; }

 private:
  class Files;

  std::unique_ptr<Files> files_;
  std::vector<TableField> fields_;
  std::uint64_t missing_values_ = 0;
  std::uint64_t rounded_values_ = 0;
};

}  // namespace tusk::tables
