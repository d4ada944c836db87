// SPDX-License-Identifier: Apache-2.0
#include "core/to_real.hpp"

#include <cstdint>
#include <limits>

namespace tusk {
namespace {

template <typename T, typename To>
void convert(const std::byte* from, std::span<To> out) {
  const auto* numbers = reinterpret_cast<const T*>(from);
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = static_cast<To>(numbers[i]);
}

template <typename To>
void convert(ElementType type, const std::byte* from, std::span<To> out) {
  using enum ElementType;
  switch (type) {
    case u8:
      return convert<std::uint8_t>(from, out);
    case i8:
      return convert<std::int8_t>(from, out);
    case u16:
      return convert<std::uint16_t>(from, out);
    case i16:
      return convert<std::int16_t>(from, out);
    case u32:
      return convert<std::uint32_t>(from, out);
    case i32:
      return convert<std::int32_t>(from, out);
    case u64:
      return convert<std::uint64_t>(from, out);
    case i64:
      return convert<std::int64_t>(from, out);
    case f32:
      return convert<float>(from, out);
    case f64:
      return convert<double>(from, out);
  }
}

}  // namespace

ElementType type_in_memory(ElementType stored) {
  return is_floating_point(stored) ? element_type<Real>() : stored;
}

bool real_holds(ElementType type) {
  using Limits = std::numeric_limits<Real>;
  if (is_floating_point(type)) return size_of(type) <= sizeof(Real);
  return 8 * size_of(type) <= static_cast<std::size_t>(Limits::digits);
}

void to_real(ElementType type, const std::byte* from, Span out) { convert(type, from, out); }

void to_double(ElementType type, const std::byte* from, std::span<double> out) {
  convert(type, from, out);
}

}  // namespace tusk
