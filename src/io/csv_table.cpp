// SPDX-License-Identifier: Apache-2.0
#include "tusk/io/csv_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>
#include <set>
#include <utility>

#include "tusk/core/error.hpp"
#include "tusk/core/near_miss.hpp"

namespace tusk::io {
namespace {

constexpr std::size_t longest_shown_text = 40;

template <typename T>
void store_as(double value, std::byte*& out) {
  const T element = static_cast<T>(value);
  std::memcpy(out, &element, sizeof(T));
  out += sizeof(T);
}

// Writes a number as an element of a type that CSV fields have, and moves `out` behind it.
void store(double value, ElementType type, std::byte*& out) {
  switch (type) {
    case ElementType::i32:
      return store_as<std::int32_t>(value, out);
    case ElementType::i64:
      return store_as<std::int64_t>(value, out);
    case ElementType::f32:
      return store_as<float>(value, out);
    case ElementType::f64:
      return store_as<double>(value, out);
    default:
      fail(ExitCode::internal, "CSV columns are not stored as {}", name_of(type));
  }
}

}  // namespace

CsvTable::CsvTable(const std::string& path, const CsvOptions& options, const ColumnChoice& choice,
                   const FieldNames& names)
    : reader_(path, options.delimiter), options_(options), labels_(options_.type) {
  read_header();
  chosen_ = choose_columns(choice, column_names_, path);
  learn_rows();
  add_fields(names);
}

void CsvTable::read_header() {
  if (!reader_.next(cells_)) fail(ExitCode::bad_data, "{} holds no rows", reader_.path());
  const auto is_number = [](std::string_view cell) { return parse_number(cell).has_value(); };
  has_header_ =
      options_.header == CsvOptions::Header::present ||
      (options_.header == CsvOptions::Header::detect && std::ranges::none_of(cells_, is_number));
  for (std::size_t column = 0; column < cells_.size(); ++column) {
    column_names_.push_back(has_header_ ? std::string(trimmed(cells_[column]))
                                        : std::to_string(column));
  }
}

void CsvTable::learn_rows() {
  go_to_row(0);
  while (next_row()) {
    if (chosen_.label) labels_.learn(cells_[*chosen_.label], reader_);
    ++rows_;
  }
  labels_.finish();
  if (rows_ == 0) fail(ExitCode::bad_data, "{} holds no rows below its header", reader_.path());
}

void CsvTable::add_fields(const FieldNames& names) {
  TableField& features = fields_.emplace_back();
  features.name = names.features;
  features.type = options_.type;
  features.row_shape = Shape{chosen_.features.size()};
  if (has_header_) {
    for (const std::size_t column : chosen_.features) {
      features.column_names.push_back(column_names_[column]);
    }
  }
  if (chosen_.label) {
    fields_.push_back({names.label, labels_.type(), {}, {}, labels_.class_names()});
  }
}

void CsvTable::go_to_row(std::uint64_t row) {
  if (row < next_row_ || next_row_ == 0) {
    reader_.rewind();
    if (has_header_) reader_.next(cells_);
    next_row_ = 0;
  }
  while (next_row_ < row && next_row()) ++next_row_;
}

bool CsvTable::next_row() {
  if (!reader_.next(cells_)) return false;
  if (cells_.size() != column_names_.size()) {
    fail(ExitCode::bad_data, "{}: {} columns, but the first row has {}", reader_.where(),
         cells_.size(), column_names_.size());
  }
  return true;
}

double CsvTable::feature(std::size_t column) {
  const std::string_view cell = cells_[column];
  const std::optional<double> number =
      trimmed(cell).empty() ? std::numeric_limits<double>::quiet_NaN() : parse_number(cell);
  if (!number) {
    const std::string& name = column_names_[column];
    fail(ExitCode::bad_data,
         "{}: column '{}' holds {:?}, which is not a number; '--drop {}' leaves the column out",
         reader_.where(), name, cell.substr(0, longest_shown_text), name);
  }
  if (std::isnan(*number)) ++missing_values_;
  return *number;
}

void CsvTable::read_rows(std::uint64_t first, std::uint64_t count,
                         std::span<const std::span<std::byte>> out) {
  if (next_row_ != first || first == 0) go_to_row(first);
  std::byte* features = out[0].data();
  std::byte* labels = chosen_.label ? out[1].data() : nullptr;
  for (std::uint64_t row = 0; row < count; ++row) {
    if (!next_row()) {
      fail(ExitCode::bad_data, "{} changed while it was read", reader_.path());
    }
    ++next_row_;
    for (const std::size_t column : chosen_.features) {
      if (features == nullptr) break;
      store(feature(column), options_.type, features);
    }
    if (labels != nullptr) store(labels_.encode(cells_[*chosen_.label]), fields_[1].type, labels);
  }
}

}  // namespace tusk::io
