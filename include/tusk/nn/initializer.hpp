// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tusk/core/random.hpp"
#include "tusk/core/real.hpp"
#include "tusk/nn/parameter.hpp"

namespace tusk::nn {

// Fills one parameter array as Keras 3's initializer of the same name does:
//   *_uniform  in ±√(3s),  *_normal  truncated at two standard deviations, of variance s after the
//   truncation, where s is 2/(fan_in + fan_out) for glorot, 2/fan_in for he, 1/fan_in for lecun.
void initialize(const Parameter& parameter, Random& random, Span values);

}  // namespace tusk::nn
