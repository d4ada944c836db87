// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <zlib.h>

#include <stdexcept>
#include <string>
#include <string_view>

namespace tusk::test {

// Writes a gzipped file; returns its path.
inline std::string write_gzip(const std::string& path, std::string_view content) {
  gzFile file = gzopen(path.c_str(), "wb9");
  const auto count = static_cast<unsigned>(content.size());
  const bool written =
      file != nullptr && gzwrite(file, content.data(), count) == static_cast<int>(content.size());
  if (gzclose(file) != Z_OK || !written) throw std::runtime_error("cannot write " + path);
  return path;
}

}  // namespace tusk::test
