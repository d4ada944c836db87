// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include "tusk/core/real.hpp"
#include "tusk/io/element_type.hpp"

namespace tusk::data {

// What samples of a type are kept as: floats of any size as ours, integers as small as they are.
io::ElementType type_in_memory(io::ElementType stored);

// Converts out.size() numbers of `type`, as they lie in memory from `from` on.
void to_real(io::ElementType type, const std::byte* from, Span out);

}  // namespace tusk::data
