// SPDX-License-Identifier: Apache-2.0
#include "data/hdf5/chunk_filter.hpp"

#include <zlib.h>

#include "tusk/error.hpp"

namespace tusk::hdf5 {
namespace {

std::vector<std::byte> shuffled(std::span<const std::byte> chunk, std::size_t element_bytes) {
  const std::size_t elements = chunk.size() / element_bytes;
  std::vector<std::byte> out(chunk.size());
  for (std::size_t byte = 0; byte < element_bytes; ++byte) {
    for (std::size_t i = 0; i < elements; ++i) {
      out[byte * elements + i] = chunk[i * element_bytes + byte];
    }
  }
  return out;
}

}  // namespace

std::vector<std::byte> filter_chunk(std::span<const std::byte> chunk, std::size_t element_bytes,
                                    int gzip) {
  if (gzip == 0) return {chunk.begin(), chunk.end()};
  const std::vector<std::byte> bytes = shuffled(chunk, element_bytes);
  uLongf size = compressBound(bytes.size());
  std::vector<std::byte> packed(size);
  if (compress2(reinterpret_cast<Bytef*>(packed.data()), &size,
                reinterpret_cast<const Bytef*>(bytes.data()), bytes.size(), gzip) != Z_OK) {
    fail(ExitCode::internal, "zlib cannot compress {} bytes", bytes.size());
  }
  packed.resize(size);
  return packed;
}

}  // namespace tusk::hdf5
