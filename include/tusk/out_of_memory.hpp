// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdio>
#include <new>

namespace tusk {

// What AlignedVector throws where there is no memory: says how much was wanted.
class OutOfMemory : public std::bad_alloc {
 public:
  explicit OutOfMemory(std::size_t bytes) {
    std::snprintf(text_.data(), text_.size(), "out of memory: there are no %zu bytes more", bytes);
  }
  const char* what() const noexcept override { return text_.data(); }

 private:
  std::array<char, 80> text_{};
};

}  // namespace tusk
