// SPDX-License-Identifier: Apache-2.0
#include "core/element_type.hpp"

#include <array>

namespace tusk {
namespace {

struct Description {
  std::string_view name;
  std::size_t size;
};

// Names and sizes, in the order of the enumerators.
constexpr std::array<Description, 10> descriptions{{{"uint8", 1},
                                                    {"int8", 1},
                                                    {"uint16", 2},
                                                    {"int16", 2},
                                                    {"uint32", 4},
                                                    {"int32", 4},
                                                    {"uint64", 8},
                                                    {"int64", 8},
                                                    {"float32", 4},
                                                    {"float64", 8}}};

const Description& description(ElementType type) {
  return descriptions[static_cast<std::size_t>(type)];
}

}  // namespace

std::size_t size_of(ElementType type) { return description(type).size; }

std::string_view name_of(ElementType type) { return description(type).name; }

bool is_floating_point(ElementType type) {
  return type == ElementType::f32 || type == ElementType::f64;
}

}  // namespace tusk
