// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "data/tables/array_files.hpp"
#include "data/tables/column_choice.hpp"
#include "data/tables/table.hpp"

namespace tusk::tables {

// The records of NPY files of a structured type: each field of numbers is a column of the features,
// by its name, and one of them may be the label, one the weight, one the group. A field that is an
// array counts as a column an element, name[0], name[1], … in C order. Label and weight keep their
// types.
class RecordTable : public Table {
 public:
  // `type`: f32 or f64, of the features. Throws what ArrayFiles and choose_columns throw, and
  // Error(bad_data) for a chosen field that holds no numbers and for more than 65,536 columns.
  RecordTable(const std::vector<std::string>& paths, const ColumnChoice& choice, ElementType type,
              const FieldNames& names = {});

  std::uint64_t rows() const override { return files_.rows(); }
  const std::vector<TableField>& fields() const override { return fields_; }
  void read_rows(std::uint64_t first, std::uint64_t count,
                 std::span<const std::span<std::byte>> out) override;

  // Features that are NaN.
  std::uint64_t missing_values() const override { return missing_values_; }
  std::uint64_t rounded_values() const override { return rounded_values_; }
  std::vector<std::string> notes() const override { return chosen_.notes; }

 private:
  struct Column {
    std::string name;
    std::string descr;
    std::optional<StoredNumber> number;
    std::uint64_t offset = 0;  // from the record's start
  };

  void add_columns();
  void add_fields(ElementType type, const FieldNames& names);
  std::vector<std::byte> take(const Column& column, std::span<const std::byte> records) const;
  void take_features(std::span<const std::byte> records, std::span<std::byte> out);

  ArrayFiles files_;
  std::vector<Column> columns_;  // all of them
  ChosenColumns chosen_;
  std::vector<TableField> fields_;
  std::uint64_t missing_values_ = 0;
  std::uint64_t rounded_values_ = 0;
};

}  // namespace tusk::tables
