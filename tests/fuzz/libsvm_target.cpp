// SPDX-License-Identifier: Apache-2.0
#include <string>

#include "data/tables/input_format.hpp"
#include "data/tables/libsvm_table.hpp"
#include "read_table.hpp"
#include "target.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  tusk::fuzz::try_reading(data, size, [](const std::string& path) {
    static_cast<void>(tusk::tables::recognise_format(path));
  });
  for (const int base : {0, 1}) {
    tusk::fuzz::try_reading(data, size, [base](const std::string& path) {
      tusk::tables::LibsvmTable table({path}, {.base = base});
      tusk::fuzz::read_rows(table);
    });
  }
  return 0;
}
