// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "data/csv/csv_options.hpp"
#include "data/tables/column_choice.hpp"
#include "data/tables/missing_texts.hpp"
#include "data/tables/text.hpp"

namespace tusk::csv {

// One column of a CSV file that becomes a feature: by default the numbers that it holds.
struct CsvFeature {
  std::size_t column = 0;    // in the file
  std::size_t position = 0;  // in the row of features
  bool category = false;     // its texts become indices
  bool time = false;         // its dates and times become seconds
  bool is_number = true;     // neither
};

// Where the rows of a CSV file begin.
struct CsvStart {
  std::uint64_t offset = 0;
  std::uint64_t line = 1;
};

// What the columns of some CSV files are; the first file says it, and the others are the same.
struct CsvLayout {
  CsvOptions options;
  tables::MissingTexts missing;  // of the options
  bool has_header = false;
  std::vector<std::string> names;  // of all columns, in UTF-8; their numbers without a header
  std::vector<bool> has_numbers;   // which of them have a number in the first rows, for advice
  tables::ChosenColumns chosen;
  std::vector<CsvFeature> features;  // by column
  bool label_is_category = false;    // the user says that the label's texts name classes
  std::vector<std::string> notes;    // what the user may want to know of these

  std::size_t columns() const { return names.size(); }
  std::size_t categories() const { return options.categories.size(); }
};

// Reads the head of the first file. Throws Error(bad_data) if the file is empty, or does not say
// whether its first row names the columns or calls them by what is no text; and what
// choose_columns throws.
CsvLayout read_layout(const std::string& path, const CsvOptions& options,
                      const tables::ColumnChoice& choice);

// Where the rows of one of the files begin: behind its header, if it has one. Throws
// Error(bad_data) if its first row names other columns or has another number of them.
CsvStart find_start(const std::string& path, const CsvLayout& layout);

}  // namespace tusk::csv
