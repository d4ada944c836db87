// SPDX-License-Identifier: Apache-2.0
#include <string>

#include "data/tables/cifar_table.hpp"
#include "read_table.hpp"
#include "target.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  for (const auto kind : {tusk::tables::CifarKind::cifar10, tusk::tables::CifarKind::cifar100}) {
    tusk::fuzz::try_reading(data, size, [kind](const std::string& path) {
      tusk::tables::CifarTable table({path}, kind, false);
      tusk::fuzz::read_rows(table);
    });
  }
  return 0;
}
