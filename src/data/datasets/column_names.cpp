// SPDX-License-Identifier: Apache-2.0
#include "data/datasets/column_names.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>

#include "data/hdf5/attributes.hpp"
#include "tusk/error.hpp"

namespace tusk::datasets {
namespace {

using Texts = std::vector<std::string>;

constexpr const char* columns_attribute = "column_names";
constexpr std::string_view categories_intro = "category_names:";

std::string categories_attribute(std::size_t column) {
  return fmt::format("{}{}:", categories_intro, column);
}

// The column that an attribute names the categories of, or a part of them; nothing for any other.
std::optional<std::size_t> column_of(std::string_view attribute) {
  if (!attribute.starts_with(categories_intro)) return std::nullopt;
  attribute.remove_prefix(categories_intro.size());
  const char* const last = attribute.data() + attribute.size();
  std::size_t column = 0;
  const auto [end, error] = std::from_chars(attribute.data(), last, column);
  if (error != std::errc() || end == last || *end != ':') return std::nullopt;
  return column;
}

// Where two lists first differ, as far as both go.
std::optional<std::size_t> first_difference(const Texts& some, const Texts& others) {
  const std::size_t common = std::min(some.size(), others.size());
  for (std::size_t i = 0; i < common; ++i) {
    if (some[i] != others[i]) return i;
  }
  return std::nullopt;
}

}  // namespace

ColumnNames read_column_names(const hdf5::File& file, const std::string& object) {
  ColumnNames columns;
  columns.names = hdf5::read_texts(file, object, columns_attribute).value_or(Texts());
  for (const std::string& attribute : hdf5::attribute_names(file, object)) {
    const auto column = column_of(attribute);
    if (!column || columns.categories.contains(*column)) continue;
    auto texts = hdf5::read_texts(file, object, categories_attribute(*column));
    if (texts) columns.categories.emplace(*column, *std::move(texts));
  }
  return columns;
}

void write_column_names(hdf5::File& file, const std::string& object, const ColumnNames& columns) {
  if (!columns.names.empty()) hdf5::write_attribute(file, object, columns_attribute, columns.names);
  for (const auto& [column, texts] : columns.categories) {
    hdf5::write_attribute(file, object, categories_attribute(column), texts);
  }
}

void check_same_columns(const std::string& path, const ColumnNames& columns,
                        const std::string& other, const ColumnNames& expected) {
  if (columns.names.size() == expected.names.size()) {
    if (const auto at = first_difference(columns.names, expected.names)) {
      fail(ExitCode::bad_data,
           "{}: column {} is called '{}', but '{}' in {} ('tusk convert --columns' sets the order)",
           path, *at, columns.names[*at], expected.names[*at], other);
    }
  }
  for (const auto& [column, texts] : expected.categories) {
    const auto found = columns.categories.find(column);
    if (found == columns.categories.end()) continue;
    if (const auto at = first_difference(found->second, texts)) {
      fail(ExitCode::bad_data, "{}: in column {}, {} stands for '{}', but in {} for '{}'", path,
           column, *at, found->second[*at], other, texts[*at]);
    }
  }
}

void check_same_classes(const std::string& path, const std::string& label, const Texts& classes,
                        const std::string& other, const Texts& expected) {
  if (const auto at = first_difference(classes, expected)) {
    fail(ExitCode::bad_data, "{}: class {} of '{}' is called '{}', but '{}' in {}", path, *at,
         label, classes[*at], expected[*at], other);
  }
}

}  // namespace tusk::datasets
