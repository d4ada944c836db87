// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <vector>

#include "data/csv/csv_options.hpp"
#include "data/tables/column_choice.hpp"

namespace tusk::csv {

using Cells = std::vector<std::string>;

// What the first record of a CSV file is.
struct FirstRecord {
  enum class Is {
    names,  // of the columns
    data,   // a row
    open,   // as likely the one as the other
  };
  Is is = Is::data;
  std::string why;  // what is remarkable about it, for messages; "" for what everyone would expect
};

// Judges the first record by itself, by some of the records below it, all without spaces around
// their cells, and by what the user calls the columns. What counts, in this order:
//
//   - a column that the user names is in it, or one called label: names;
//   - it has eight numbers at least, which ascend as in no row below: open (wave lengths, years);
//   - it has a number that is no plain whole one, such as 1.5: data;
//   - a word stands over a column of numbers: names;
//   - it has no numbers at all: names, unless one of its texts comes again below it: open;
//   - its numbers are 0, 1, 2, … by column, as pandas writes for columns without names: names, if
//     the numbers below are not all written as whole ones and there are three at least, else open;
//   - its cells are three or more whole numbers in a row, as in no row below: open;
//   - it has a text that never comes again below, where twenty rows or more repeat theirs: open;
//   - otherwise data.
FirstRecord judge_first_record(const Cells& first, std::span<const Cells> below,
                               const CsvOptions& options, const tables::ColumnChoice& choice);

}  // namespace tusk::csv
