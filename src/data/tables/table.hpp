// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "core/element_type.hpp"
#include "tusk/shape.hpp"

namespace tusk::tables {

// What the data sets are called. A table has features, then labels if it has any, then weights and
// groups if any are asked for.
struct FieldNames {
  std::string features = "features";
  std::string label = "label";
  std::string weight = "weight";
  std::string group = "group";
};

// What an array of a table is to its rows.
enum class FieldRole {
  values,   // features, which come first, or labels
  weights,  // how much rows count
  groups,   // which rows belong together: whole numbers
};

// One array of a table; it becomes a data set of shape [rows, row_shape …].
struct TableField {
  std::string name;
  ElementType type = ElementType::f32;
  Shape row_shape = {};
  std::vector<std::string> column_names = {};  // of a CSV file's columns that it holds, if named
  std::vector<std::string> class_names = {};   // of class indices, if they stand for texts

  // The texts that stand for the indices in a column of categories, by column.
  std::map<std::size_t, std::vector<std::string>> categories = {};

  FieldRole role = FieldRole::values;

  std::size_t row_bytes() const { return row_shape.elements() * size_of(type); }
};

// Rows of the input that were left out because they are malformed.
struct BadRows {
  std::uint64_t count = 0;
  std::string first;  // what is wrong with the first, and where
};

// The content of one or several input files as rows with the same fields each: what `convert` reads
// from, whatever the format. Every rank has one and reads the rows that it wants from it. Opening a
// table may be collective; nothing here is.
class Table {
 public:
  virtual ~Table() = default;

  virtual std::uint64_t rows() const = 0;
  virtual const std::vector<TableField>& fields() const = 0;

  // Rows [first, first + count): out[i] takes those of fields()[i], count · row_bytes() bytes, or
  // is empty if they are not wanted. Cheapest where each call goes on behind the one before. A
  // compressed input is decompressed up to the rows that are asked for, and from its start if they
  // lie before those read last.
  virtual void read_rows(std::uint64_t first, std::uint64_t count,
                         std::span<const std::span<std::byte>> out) = 0;

  // How many feature values of the rows read so far, here, were missing in the input; they are NaN.
  virtual std::uint64_t missing_values() const { return 0; }

  // How many whole numbers among those feature values the type of the features has rounded.
  virtual std::uint64_t rounded_values() const { return 0; }

  virtual BadRows bad_rows() const { return {}; }

  // How the input was taken where it could have been taken otherwise: a sentence each. The same on
  // every rank.
  virtual std::vector<std::string> notes() const { return {}; }
};

}  // namespace tusk::tables
