// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <span>
#include <type_traits>
#include <vector>

#include "tusk/error.hpp"

// The bytes of messages of records, which lie one behind the other.
namespace tusk::records {

template <typename T>
void append(std::vector<std::byte>& bytes, const T* values, std::size_t count) {
  static_assert(std::is_trivially_copyable_v<T>);
  const std::size_t end = bytes.size();
  bytes.resize(end + count * sizeof(T));
  if (count > 0) std::memcpy(bytes.data() + end, values, count * sizeof(T));
}

// Takes values off the front; returns what is left.
template <typename T>
std::span<const std::byte> take(std::span<const std::byte> bytes, T* values, std::size_t count) {
  static_assert(std::is_trivially_copyable_v<T>);
  if (count > bytes.size() / sizeof(T)) fail(ExitCode::internal, "a worker's report is truncated");
  if (count > 0) std::memcpy(values, bytes.data(), count * sizeof(T));
  return bytes.subspan(count * sizeof(T));
}

// Before memory is taken for so many values of each kind.
inline void require_room(std::span<const std::byte> bytes,
                         std::initializer_list<std::uint64_t> counts) {
  if (std::max(counts) > bytes.size()) {
    fail(ExitCode::internal, "a worker's report is truncated");
  }
}

}  // namespace tusk::records
