// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <new>
#include <vector>

#include "tusk/out_of_memory.hpp"

namespace tusk {

// Allocates at multiples of a cache line (64 bytes), which is also an AVX-512 vector.
template <typename T>
struct CacheLineAllocator {
  using value_type = T;
  static constexpr std::align_val_t alignment{64};

  CacheLineAllocator() = default;
  template <typename U>
  CacheLineAllocator(const CacheLineAllocator<U>&) {}  // NOLINT(google-explicit-constructor)

  T* allocate(std::size_t count) {
    void* const place = ::operator new(count * sizeof(T), alignment, std::nothrow);
    if (place == nullptr) throw OutOfMemory(count * sizeof(T));
    return static_cast<T*>(place);
  }
  void deallocate(T* pointer, std::size_t) { ::operator delete(pointer, alignment); }

  friend bool operator==(const CacheLineAllocator&, const CacheLineAllocator&) { return true; }
};

// Parameters, gradients, optimizer state and activations live in these.
template <typename T>
using AlignedVector = std::vector<T, CacheLineAllocator<T>>;

}  // namespace tusk
