// SPDX-License-Identifier: Apache-2.0
#include <string>

#include "data/csv/csv_table.hpp"
#include "read_table.hpp"
#include "target.hpp"
#include "tusk/error.hpp"

using Header = tusk::csv::CsvOptions::Header;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const bool odd = size % 2 == 1;
  const auto try_as = [&](const tusk::csv::CsvOptions& options,
                          const tusk::tables::ColumnChoice& choice) {
    return tusk::fuzz::try_reading(data, size, [&](const std::string& path) {
      try {
        tusk::csv::CsvTable table({path}, options, choice);
        tusk::fuzz::read_rows(table);
      } catch (const tusk::Error& error) {
        // Where a file calls column 0 "1", two options may name the same column, which is no fault
        // of the file.
        if (error.code() != tusk::ExitCode::usage) throw;
      }
    });
  };
  try_as({.skip_bad_rows = odd}, {});
  try_as({.delimiter = ' ', .header = Header::absent}, {.label = "0"});
  try_as({.delimiter = ' ', .notation = {.thousands = '\''}}, {});
  try_as({.delimiter = ';',
          .encoding = tusk::tables::Encoding::latin1,
          .notation = {.decimal = ',', .thousands = '.', .fortran = true, .booleans = true},
          .times = {"0"},
          .skip_bad_rows = odd},
         {.label = "1"});
  tusk::tables::ColumnChoice label;
  if (odd) label.label = "1";
  return try_as({.header = Header::absent,
                 .categories = {"0"},
                 .missing = {"?", "-999"},
                 .skip_bad_rows = size % 4 < 2,
                 .type = tusk::ElementType::f64},
                label);
}
