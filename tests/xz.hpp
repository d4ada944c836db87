// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <lzma.h>

#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>

namespace tusk::test {

// The content as one xz stream. `dictionary_bytes`: what reading it takes in memory, about.
inline std::string xz_bytes(std::string_view content, std::uint32_t dictionary_bytes = 1 << 20) {
  lzma_options_lzma options{};
  lzma_lzma_preset(&options, 1);
  options.dict_size = dictionary_bytes;
  const lzma_filter filters[]{{LZMA_FILTER_LZMA2, &options}, {LZMA_VLI_UNKNOWN, nullptr}};
  std::string packed(lzma_stream_buffer_bound(content.size()), '\0');
  std::size_t size = 0;
  const auto code = lzma_stream_buffer_encode(
      const_cast<lzma_filter*>(filters), LZMA_CHECK_CRC64, nullptr,
      reinterpret_cast<const std::uint8_t*>(content.data()), content.size(),
      reinterpret_cast<std::uint8_t*>(packed.data()), &size, packed.size());
  if (code != LZMA_OK) throw std::runtime_error("cannot compress with xz");
  packed.resize(size);
  return packed;
}

// Writes a file compressed with xz; returns its path.
inline std::string write_xz(const std::string& path, std::string_view content) {
  std::ofstream out(path, std::ios::binary);
  const std::string packed = xz_bytes(content);
  out.write(packed.data(), static_cast<std::streamsize>(packed.size()));
  if (!out.flush()) throw std::runtime_error("cannot write " + path);
  return path;
}

}  // namespace tusk::test
