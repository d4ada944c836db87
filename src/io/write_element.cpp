// SPDX-License-Identifier: Apache-2.0
#include "write_element.hpp"

#include <cstdint>
#include <cstring>

#include "tusk/core/error.hpp"

namespace tusk::io {
namespace {

template <typename T>
void store_as(double value, std::byte*& out) {
  const T element = static_cast<T>(value);
  std::memcpy(out, &element, sizeof(T));
  out += sizeof(T);
}

}  // namespace

void write_element(double value, ElementType type, std::byte*& out) {
  switch (type) {
    case ElementType::i32:
      return store_as<std::int32_t>(value, out);
    case ElementType::i64:
      return store_as<std::int64_t>(value, out);
    case ElementType::f32:
      return store_as<float>(value, out);
    case ElementType::f64:
      return store_as<double>(value, out);
    default:
      fail(ExitCode::internal, "columns of text are not stored as {}", name_of(type));
  }
}

}  // namespace tusk::io
