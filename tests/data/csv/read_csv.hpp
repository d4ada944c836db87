// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "data/csv/csv_table.hpp"
#include "temporary_folder.hpp"

namespace tusk::csv::test_csv {

// What a CSV text becomes, read `block` rows at a time.
struct Content {
  std::vector<tables::TableField> fields;
  std::vector<float> features;
  std::vector<std::int32_t> label;
  std::uint64_t rows = 0;
  std::uint64_t missing = 0;
};

inline Content read(CsvTable& table, std::uint64_t block = 2) {
  Content content{table.fields(), {}, {}, table.rows(), 0};
  content.features.resize(table.rows() * content.fields[0].row_shape.elements());
  if (content.fields.size() > 1) content.label.resize(table.rows());
  std::span<float> features(content.features);
  std::span<std::int32_t> label(content.label);
  for (std::uint64_t row = 0; row < table.rows(); row += block) {
    const std::uint64_t rows = std::min(block, table.rows() - row);
    const std::size_t numbers = rows * content.fields[0].row_shape.elements();
    std::vector<std::span<std::byte>> out{std::as_writable_bytes(features.first(numbers))};
    features = features.subspan(numbers);
    if (!label.empty()) {
      out.push_back(std::as_writable_bytes(label.first(rows)));
      label = label.subspan(rows);
    }
    table.read_rows(row, rows, out);
  }
  content.missing = table.missing_values();
  return content;
}

inline Content read_text(const std::string& text, const CsvOptions& options = {},
                         const tables::ColumnChoice& choice = {}) {
  const test::TemporaryFolder folder;
  CsvTable table({folder.write("data.csv", text)}, options, choice);
  return read(table);
}

inline tables::ColumnChoice label_is(const std::string& name) { return {.label = name}; }

using Names = std::vector<std::string>;

}  // namespace tusk::csv::test_csv
