// SPDX-License-Identifier: Apache-2.0
#include "data/samples/large_buffer.hpp"

#include <sys/mman.h>

namespace tusk::samples {

LargeBuffer::LargeBuffer(std::size_t bytes)
    : memory_(static_cast<std::byte*>(::operator new[](bytes, page))) {
  // Whole pages within the buffer; a refusal only means smaller ones.
  const std::size_t whole = bytes / static_cast<std::size_t>(page) * static_cast<std::size_t>(page);
  if (whole > 0) ::madvise(memory_.get(), whole, MADV_HUGEPAGE);
}

}  // namespace tusk::samples
