// SPDX-License-Identifier: Apache-2.0
#include <string>

#include "read_table.hpp"
#include "target.hpp"
#include "tusk/io/array_table.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return tusk::fuzz::try_reading(data, size, [](const std::string& path) {
    tusk::io::ArrayTable table({{"features", path}});
    tusk::fuzz::read_rows(table);
  });
}
