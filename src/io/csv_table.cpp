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

bool is_label(const std::string& name) {
  constexpr std::string_view label = "label";
  return std::ranges::equal(name, label, {}, [](unsigned char c) { return std::tolower(c); });
}

}  // namespace

CsvTable::CsvTable(const std::string& path, CsvOptions options,
                   const std::optional<std::string>& label, const FieldNames& names)
    : reader_(path, options.delimiter), options_(std::move(options)), labels_(options_.type) {
  read_header();
  select_columns(label);
  learn_rows();
  add_fields(names);
  start_rows();
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

void CsvTable::select_columns(const std::optional<std::string>& label) {
  std::set<std::size_t> left_out;
  for (const std::string& name : options_.drop) left_out.insert(find_column(name));
  label_column_ = label ? find_column(*label) : column_called_label();
  if (label_column_ && !left_out.insert(*label_column_).second) {
    if (label) fail(ExitCode::usage, "column '{}' is to be the label and to be dropped", *label);
    label_column_.reset();  // "label" was only a guess
  }
  for (std::size_t column = 0; column < column_names_.size(); ++column) {
    if (!left_out.contains(column)) feature_columns_.push_back(column);
  }
  if (feature_columns_.empty()) {
    fail(ExitCode::bad_data, "{}: of its {} columns none is left for the features", reader_.path(),
         column_names_.size());
  }
}

std::optional<std::size_t> CsvTable::column_called_label() const {
  const auto found = std::ranges::find_if(column_names_, is_label);
  if (found == column_names_.end()) return std::nullopt;
  return static_cast<std::size_t>(found - column_names_.begin());
}

std::size_t CsvTable::find_column(const std::string& name) const {
  const auto found = std::ranges::find(column_names_, name);
  if (std::count(found, column_names_.end(), name) > 1) {
    fail(ExitCode::bad_data, "{} has several columns called '{}'; give the column's number, from 0",
         reader_.path(), name);
  }
  if (found != column_names_.end()) return static_cast<std::size_t>(found - column_names_.begin());

  std::size_t number = 0;
  const char* const last = name.data() + name.size();
  const auto [end, error] = std::from_chars(name.data(), last, number);
  if (error == std::errc() && end == last && number < column_names_.size()) return number;
  fail(ExitCode::bad_data, "{} has no column '{}' among its {}{}", reader_.path(), name,
       column_names_.size(), did_you_mean(name, column_names_));
}

void CsvTable::learn_rows() {
  start_rows();
  while (next_row()) {
    if (label_column_) labels_.learn(cells_[*label_column_], reader_);
    ++rows_;
  }
  labels_.finish();
  if (rows_ == 0) fail(ExitCode::bad_data, "{} holds no rows below its header", reader_.path());
}

void CsvTable::add_fields(const FieldNames& names) {
  TableField& features = fields_.emplace_back();
  features.name = names.features;
  features.type = options_.type;
  features.row_shape = Shape{feature_columns_.size()};
  if (has_header_) {
    for (const std::size_t column : feature_columns_) {
      features.column_names.push_back(column_names_[column]);
    }
  }
  if (label_column_) {
    fields_.push_back({names.label, labels_.type(), {}, {}, labels_.class_names()});
  }
}

void CsvTable::start_rows() {
  reader_.rewind();
  if (has_header_) reader_.next(cells_);
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

void CsvTable::read_rows(std::uint64_t count, std::span<const std::span<std::byte>> out) {
  std::byte* features = out[0].data();
  std::byte* labels = label_column_ ? out[1].data() : nullptr;
  for (std::uint64_t row = 0; row < count; ++row) {
    if (!next_row()) {
      fail(ExitCode::bad_data, "{} changed while it was read", reader_.path());
    }
    for (const std::size_t column : feature_columns_) {
      store(feature(column), options_.type, features);
    }
    if (labels != nullptr) store(labels_.encode(cells_[*label_column_]), fields_[1].type, labels);
  }
}

}  // namespace tusk::io
