// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

namespace tusk::test {

// An NPY file of version 1 with this header and these bytes behind it.
inline std::string npy_bytes(const std::string& dictionary, const std::string& data) {
  std::string header = dictionary;
  header.resize((10 + dictionary.size() + 64) / 64 * 64 - 10, ' ');
  header.back() = '\n';
  const auto length = static_cast<std::uint16_t>(header.size());
  return std::string("\x93NUMPY\x01\0", 8) + static_cast<char>(length & 0xFF) +
         static_cast<char>(length >> 8) + header + data;
}

// `descr`: as it stands in the header, with its quotes or brackets.
inline std::string npy(const std::string& descr, const std::string& shape, const std::string& data,
                       const std::string& fortran = "False") {
  return npy_bytes(
      "{'descr': " + descr + ", 'fortran_order': " + fortran + ", 'shape': " + shape + ", }", data);
}

}  // namespace tusk::test
