// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "data/tables/array_files.hpp"
#include "data/tables/table.hpp"

namespace tusk::tables {

// Features in array files and their labels in others (or none): the fields have the names given and
// the files' own types and shapes.
class ArrayTable : public Table {
 public:
  struct Source {
    std::string name;                // of the field
    std::vector<std::string> paths;  // files, or folders of NPY files, behind one another
  };

  // Throws what ArrayFiles throws, and Error(bad_data) if the sources differ in their number of
  // rows or one of them holds records.
  explicit ArrayTable(const std::vector<Source>& sources);

  std::uint64_t rows() const override { return files_.front()->rows(); }
  const std::vector<TableField>& fields() const override { return fields_; }
  void read_rows(std::uint64_t first, std::uint64_t count,
                 std::span<const std::span<std::byte>> out) override;

 private:
  std::vector<std::unique_ptr<ArrayFiles>> files_;
  std::vector<TableField> fields_;
};

}  // namespace tusk::tables
