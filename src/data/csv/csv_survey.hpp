// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "data/csv/csv_layout.hpp"
#include "data/tables/text_classes.hpp"
#include "data/tables/text_labels.hpp"

namespace tusk::mpi {
class Communicator;
}

namespace tusk::csv {

// What has been learned of the columns whose texts become numbers.
struct CsvLearned {
  explicit CsvLearned(const CsvLayout& layout)
      : labels(layout.options.type, layout.missing,
               layout.chosen.label ? layout.names[*layout.chosen.label] : ""),
        categories(layout.categories()) {}

  // Once all files have been surveyed.
  void finish();

  tables::TextLabels labels;
  std::vector<tables::TextClasses> categories;  // by column
};

// A place in a file from which its rows can be read.
struct CsvMark {
  std::uint64_t offset = 0;
  std::uint64_t line = 1;
  std::uint64_t row = 0;
};

// Where the rows of a file are.
struct CsvIndex {
  std::vector<CsvMark> marks;  // some MB apart, in order; at least one
  std::uint64_t rows = 0;
  std::uint64_t bad_rows = 0;
  std::string first_bad_row;  // what is wrong with it, with file and line
};

// Error(bad_data) if a column has too many different texts to be classes.
void require_few_classes(const CsvLayout& layout, const CsvLearned& learned,
                         const tables::TextPlace& place);

// Whether labels are numbers or texts: what they are in the first row of a file that has one.
void learn_label_kind(const std::string& path, const CsvLayout& layout, CsvLearned& learned);

// Finds the rows of a file and learns from them. Throws Error(bad_data) with file and line for the
// first row that is malformed or has a label that TextLabels does not take; if bad rows are to be
// skipped, these are counted instead, and features are looked at too.
//
// Collective if there is a communicator: the ranks share the file out in ranges of bytes. A rank
// guesses that its range begins outside of quotes and takes the records from the first line on;
// then the ranks compare where their records begin and where those before end. Where this does not
// meet, in the middle of a quoted field, the rank begins again from where the one before ended. So
// the first rank's records are right, and with each rank's those of the next. A compressed file is
// surveyed by rank 0.
CsvIndex survey_file(const std::string& path, const CsvLayout& layout, CsvLearned& learned,
                     const mpi::Communicator* communicator);

}  // namespace tusk::csv
