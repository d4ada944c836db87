// SPDX-License-Identifier: Apache-2.0
#include <string>

#include "read_table.hpp"
#include "target.hpp"
#include "tusk/io/csv_table.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  tusk::fuzz::try_reading(data, size, [size](const std::string& path) {
    tusk::io::CsvTable table({path}, {.skip_bad_rows = size % 2 == 1}, {});
    tusk::fuzz::read_rows(table);
  });
  return tusk::fuzz::try_reading(data, size, [](const std::string& path) {
    tusk::io::CsvTable table(
        {path}, {.delimiter = ' ', .header = tusk::io::CsvOptions::Header::absent}, {.label = "0"});
    tusk::fuzz::read_rows(table);
  });
}
