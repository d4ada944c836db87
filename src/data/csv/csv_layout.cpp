// SPDX-License-Identifier: Apache-2.0
#include "data/csv/csv_layout.hpp"

#include <algorithm>

#include "data/csv/csv_reader.hpp"
#include "tusk/error.hpp"

namespace tusk::csv {
namespace {

using Cells = std::vector<std::string>;

// The cells of the first record, without the spaces around them; none if there is no record.
Cells first_record(CsvReader& reader) {
  if (!reader.next()) fail(ExitCode::bad_data, "{} holds no rows", reader.path());
  std::vector<std::string_view> fields;
  reader.split(fields);
  Cells cells;
  for (const std::string_view field : fields) cells.emplace_back(tables::trimmed(field));
  return cells;
}

bool names_columns(const Cells& cells, CsvOptions::Header header) {
  if (header != CsvOptions::Header::detect) return header == CsvOptions::Header::present;
  return std::ranges::none_of(
      cells, [](const auto& cell) { return tables::parse_number(cell).has_value(); });
}

std::vector<CsvFeature> features_of(const CsvLayout& layout, const std::string& path) {
  std::vector<CsvFeature> features;
  for (const std::size_t column : layout.chosen.features) {
    features.push_back({column, features.size(), false});
  }
  if (layout.categories() > 0) {
    const tables::ColumnChoice choice{
        .label = {}, .columns = layout.options.categories, .drop = {}};
    for (const std::size_t column : tables::choose_columns(choice, layout.names, path).features) {
      const auto found = std::ranges::find(features, column, &CsvFeature::column);
      if (found == features.end()) {
        fail(ExitCode::usage, "column '{}' is to be categories, but is no feature",
             layout.names[column]);
      }
      found->category = true;
    }
  }
  std::ranges::sort(features, {}, &CsvFeature::column);
  return features;
}

}  // namespace

CsvLayout read_layout(const std::string& path, const CsvOptions& options,
                      const tables::ColumnChoice& choice) {
  CsvReader reader(path, options.delimiter);
  CsvLayout layout;
  layout.options = options;
  layout.missing = tables::MissingTexts(options.missing);
  layout.names = first_record(reader);
  layout.has_header = names_columns(layout.names, options.header);
  for (std::size_t column = 0; !layout.has_header && column < layout.columns(); ++column) {
    layout.names[column] = std::to_string(column);
  }
  layout.chosen = tables::choose_columns(choice, layout.names, path);
  layout.features = features_of(layout, path);
  return layout;
}

CsvStart find_start(const std::string& path, const CsvLayout& layout) {
  CsvReader reader(path, layout.options.delimiter);
  const Cells cells = first_record(reader);
  if (cells.size() != layout.columns()) {
    fail(ExitCode::bad_data, "{}: {} columns, but those of the first file are {}",
         reader.place().text(), cells.size(), layout.columns());
  }
  if (layout.has_header && cells == layout.names) {
    return {reader.next_offset(), reader.next_line_number()};
  }
  if (names_columns(cells, layout.options.header)) {
    const auto [cell, name] = std::ranges::mismatch(cells, layout.names);
    fail(ExitCode::bad_data, "{}: column {} is called '{}', but '{}' in the first file",
         reader.place().text(), cell - cells.begin(), *cell, *name);
  }
  return {reader.offset(), reader.line()};
}

}  // namespace tusk::csv
