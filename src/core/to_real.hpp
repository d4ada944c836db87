// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>

#include "core/element_type.hpp"
#include "tusk/real.hpp"

namespace tusk {

// The type in which samples are kept in memory: Real for floats of any size, integers as they are.
ElementType type_in_memory(ElementType stored);

// Whether Real holds every number of this type exactly.
bool real_holds(ElementType type);

// Converts out.size() numbers of `type`, as they lie in memory from `from` on, each to the nearest
// that there is: a double is another number only for 64-bit integers beyond 2^53.
void to_real(ElementType type, const std::byte* from, Span out);
void to_double(ElementType type, const std::byte* from, std::span<double> out);

}  // namespace tusk
