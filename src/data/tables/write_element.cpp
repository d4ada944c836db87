// SPDX-License-Identifier: Apache-2.0
#include "data/tables/write_element.hpp"

#include <cstring>

#include "tusk/error.hpp"

namespace tusk::tables {
namespace {

template <typename To, typename From>
void store_as(From value, std::byte*& out) {
  const To element = static_cast<To>(value);
  std::memcpy(out, &element, sizeof(To));
  out += sizeof(To);
}

template <typename From>
void write(From value, ElementType type, std::byte*& out) {
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

}  // namespace

void write_element(double value, ElementType type, std::byte*& out) { write(value, type, out); }

void write_element(std::int64_t value, ElementType type, std::byte*& out) {
  write(value, type, out);
}

}  // namespace tusk::tables
