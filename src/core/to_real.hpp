// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include "core/element_type.hpp"
#include "core/real.hpp"

namespace tusk {

// What samples of a type are kept as: floats of any size as ours, integers as small as they are.
ElementType type_in_memory(ElementType stored);

// Converts out.size() numbers of `type`, as they lie in memory from `from` on.
void to_real(ElementType type, const std::byte* from, Span out);

}  // namespace tusk
