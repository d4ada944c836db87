// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <new>

namespace tusk::samples {

// Memory for samples, not initialized: none of it is resident before it is written. In pages of 2
// MiB where the system has them: fewer faults to fill it, and to read it in random order.
class LargeBuffer {
 public:
  explicit LargeBuffer(std::size_t bytes);

  std::byte* data() { return memory_.get(); }
  const std::byte* data() const { return memory_.get(); }

 private:
  static constexpr std::align_val_t page{2U << 20U};
  struct Free {
    void operator()(std::byte* memory) const { ::operator delete[](memory, page); }
  };
  std::unique_ptr<std::byte[], Free> memory_;
};

}  // namespace tusk::samples
