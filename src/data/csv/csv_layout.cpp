// SPDX-License-Identifier: Apache-2.0
#include "data/csv/csv_layout.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <span>

#include "core/utf8.hpp"
#include "data/csv/csv_header.hpp"
#include "data/csv/csv_reader.hpp"
#include "data/tables/number_notation.hpp"
#include "data/tables/text.hpp"
#include "tusk/error.hpp"

namespace tusk::csv {
namespace {

constexpr std::size_t most_looked_at = 100;  // rows below the first
constexpr std::size_t most_shown = 8;

// The head of a file: its first record, without the spaces around the cells, and some below it.
struct Head {
  Cells first;
  std::vector<Cells> below;
  CsvStart begin;   // of the first record
  CsvStart behind;  // it
};

Cells cells_of(CsvReader& reader, tables::Encoding encoding) {
  std::vector<std::string_view> fields;
  reader.split(fields);
  Cells cells;
  std::string room;
  for (const std::string_view field : fields) {
    const auto text = tables::to_utf8(tables::trimmed(field), encoding, room);
    cells.emplace_back(text.value_or(tables::trimmed(field)));
  }
  return cells;
}

// What stands in front of some files, or ends their lines, is no record.
void require_lines(const CsvReader& reader, const Cells& first) {
  const std::string_view record = reader.record();
  if (!reader.has_quotes() && record.find('\r') != std::string_view::npos) {
    fail(ExitCode::bad_data,
         "{}: its lines end with a carriage return alone, as those of old Macs; give them line "
         "feeds first (tr "
         "'\\r' '\\n')",
         reader.place().text());
  }
  if (record.starts_with("sep=") && first.front().size() <= 5) {
    fail(ExitCode::bad_data,
         "{}: {:?} is Excel's word on the delimiter; take the line out first (tail -n +2), and use "
         "'--delimiter'",
         reader.place().text(), record);
  }
}

// For each column whether some of the rows have a number there.
std::vector<bool> find_numbers(const Head& head, const CsvOptions& options) {
  std::vector<bool> found(head.first.size());
  std::string room;
  for (const Cells& cells : head.below) {
    for (std::size_t column = 0; column < std::min(cells.size(), found.size()); ++column) {
      const auto plain = options.notation.plain(cells[column], room);
      found[column] = found[column] || (plain && tables::parse_number(*plain));
    }
  }
  return found;
}

Head read_head(CsvReader& reader, const CsvOptions& options) {
  if (!reader.next()) fail(ExitCode::bad_data, "{} holds no rows", reader.path());
  Head head;
  head.first = cells_of(reader, options.encoding);
  head.begin = {reader.offset(), reader.line()};
  head.behind = {reader.next_offset(), reader.next_line_number()};
  require_lines(reader, head.first);
  try {
    while (head.below.size() < most_looked_at && reader.next()) {
      head.below.push_back(cells_of(reader, options.encoding));
    }
  } catch (const Error&) {  // for the survey to find
  }
  return head;
}

FirstRecord judge(const Head& head, const CsvOptions& options, const tables::ColumnChoice& choice) {
  if (options.header == CsvOptions::Header::present) return {FirstRecord::Is::names, ""};
  if (options.header == CsvOptions::Header::absent) return {FirstRecord::Is::data, ""};
  return judge_first_record(head.first, head.below, options, choice);
}

// "0, 1, 2, …"
std::string shown(const Cells& cells) {
  const auto some = std::span(cells).first(std::min(cells.size(), most_shown));
  return fmt::format("{}{}", fmt::join(some, ", "), cells.size() > most_shown ? ", …" : "");
}

void require_texts(const Cells& names, const tables::TextPlace& place, tables::Encoding encoding) {
  for (std::size_t column = 0; column < names.size(); ++column) {
    if (is_utf8(names[column])) continue;
    fail(ExitCode::bad_data, "{}: the name of column {}, {:?}, {}", place.text(), column,
         names[column], tables::why_no_text(encoding));
  }
}

// Those of the features that the user lists.
void mark_features(const std::vector<std::string>& listed, const char* what, CsvLayout& layout,
                   const std::string& path, bool CsvFeature::*mark) {
  if (listed.empty()) return;
  const tables::ColumnChoice choice{.label = {}, .columns = listed, .drop = {}};
  for (const std::size_t column : tables::choose_columns(choice, layout.names, path).features) {
    const auto found = std::ranges::find(layout.features, column, &CsvFeature::column);
    if (found != layout.features.end()) {
      (*found).*mark = true;
    } else if (mark == &CsvFeature::category && layout.chosen.label == column) {
      layout.label_is_category = true;
    } else {
      fail(ExitCode::usage, "column '{}' is to be {}, but is no feature", layout.names[column],
           what);
    }
  }
}

void choose_features(CsvLayout& layout, const std::string& path) {
  for (const std::size_t column : layout.chosen.features) {
    layout.features.push_back({column, layout.features.size()});
  }
  mark_features(layout.options.categories, "categories", layout, path, &CsvFeature::category);
  mark_features(layout.options.times, "times", layout, path, &CsvFeature::time);
  for (CsvFeature& feature : layout.features) {
    feature.is_number = !feature.category && !feature.time;
    if (!feature.category || !feature.time) continue;
    fail(ExitCode::usage, "column '{}' is to be categories and to be times",
         layout.names[feature.column]);
  }
  std::ranges::sort(layout.features, {}, &CsvFeature::column);
}

}  // namespace

CsvLayout read_layout(const std::string& path, const CsvOptions& options,
                      const tables::ColumnChoice& choice) {
  options.notation.check();
  CsvReader reader(path, options.delimiter);
  Head head = read_head(reader, options);
  const FirstRecord first = judge(head, options, choice);
  if (first.is == FirstRecord::Is::open) {
    fail(
        ExitCode::bad_data,
        "{}: its first row ({}) may name the columns or be one of the rows ({}): '--header yes' or "
        "'--header no' says which",
        path, shown(head.first), first.why);
  }
  CsvLayout layout;
  layout.options = options;
  layout.missing = tables::MissingTexts(options.missing);
  layout.has_numbers = find_numbers(head, options);
  layout.names = std::move(head.first);
  layout.has_header = first.is == FirstRecord::Is::names;
  if (layout.has_header) require_texts(layout.names, {path, head.begin.line}, options.encoding);
  if (layout.has_header && !first.why.empty()) {
    layout.notes.push_back(
        fmt::format("{}: its first row ({}) is taken for the names of the columns, since {}; "
                    "'--header no' if it is one of the rows",
                    path, shown(layout.names), first.why));
  }
  for (std::size_t column = 0; !layout.has_header && column < layout.columns(); ++column) {
    layout.names[column] = std::to_string(column);
  }
  layout.chosen = tables::choose_columns(choice, layout.names, path);
  layout.notes.insert(layout.notes.end(), layout.chosen.notes.begin(), layout.chosen.notes.end());
  choose_features(layout, path);
  return layout;
}

CsvStart find_start(const std::string& path, const CsvLayout& layout) {
  CsvReader reader(path, layout.options.delimiter);
  const Head head = read_head(reader, layout.options);
  const tables::TextPlace place{path, head.begin.line};
  if (head.first.size() != layout.columns()) {
    fail(ExitCode::bad_data, "{}: {} columns, but those of the first file are {}", place.text(),
         head.first.size(), layout.columns());
  }
  if (layout.has_header && head.first == layout.names) return head.behind;
  if (judge(head, layout.options, {}).is == FirstRecord::Is::names) {
    const auto [cell, name] = std::ranges::mismatch(head.first, layout.names);
    fail(ExitCode::bad_data, "{}: column {} is called '{}', but '{}' in the first file",
         place.text(), cell - head.first.begin(), *cell, *name);
  }
  return head.begin;
}

}  // namespace tusk::csv
