// SPDX-License-Identifier: Apache-2.0
#include <string>

#include "read_table.hpp"
#include "target.hpp"
#include "tusk/io/array_table.hpp"
#include "tusk/io/record_table.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return tusk::fuzz::try_reading(data, size, [](const std::string& path) {
    if (tusk::io::ArrayFiles({path}).record_fields().empty()) {
      tusk::io::ArrayTable table({{"features", {path}}});
      tusk::fuzz::read_rows(table);
    } else {
      tusk::io::RecordTable table({path}, {}, tusk::io::ElementType::f32);
      tusk::fuzz::read_rows(table);
    }
  });
}
