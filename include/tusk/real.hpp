// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#ifndef TUSK_REAL
#define TUSK_REAL float
#endif

namespace tusk {

// The number that networks compute with: float. The gradient tests build the same sources once more
// with TUSK_REAL=double, because central differences need the digits.
using Real = TUSK_REAL;
using Span = std::span<Real>;
using ConstSpan = std::span<const Real>;

}  // namespace tusk
