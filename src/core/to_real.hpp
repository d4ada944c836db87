// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include "core/element_type.hpp"
#include "tusk/real.hpp"

namespace tusk {

// The type in which samples are kept in memory: Real for floats of any size, integers as they are.
ElementType type_in_memory(ElementType stored);

// Converts out.size() numbers of `type`, as they lie in memory from `from` on.
void to_real(ElementType type, const std::byte* from, Span out);

}  // namespace tusk
