// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "data/tables/input_file.hpp"
#include "target.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return tusk::fuzz::try_reading(data, size, [](const std::string& path) {
    tusk::tables::InputFile file(path);
    std::vector<std::byte> buffer(100'000);
    std::uint64_t bytes = 0;
    for (std::size_t piece = 1; !file.at_end(); piece = std::min(piece * 3, buffer.size())) {
      bytes += file.read(std::span(buffer).first(piece));
    }
    tusk::fuzz::must_hold(bytes <= file.max_bytes(), "max_bytes() is an upper bound");
  });
}
