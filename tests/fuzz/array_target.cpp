// SPDX-License-Identifier: Apache-2.0
#include <string>

#include "data/tables/array_table.hpp"
#include "data/tables/record_table.hpp"
#include "read_table.hpp"
#include "target.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return tusk::fuzz::try_reading(data, size, [](const std::string& path) {
    if (tusk::tables::ArrayFiles({path}).record_fields().empty()) {
      tusk::tables::ArrayTable table({{"features", {path}}});
      tusk::fuzz::read_rows(table);
    } else {
      tusk::tables::RecordTable table({path}, {}, tusk::ElementType::f32);
      tusk::fuzz::read_rows(table);
    }
  });
}
