// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/random.hpp"
#include "core/real.hpp"
#include "net/layers/parameter.hpp"

namespace tusk::layers {

// Fills one parameter array as Keras 3's initializer of the same name does:
//   *_uniform  in ±√(3s),  *_normal  truncated at two standard deviations, of variance s after the
//   truncation, where s is 2/(fan_in + fan_out) for glorot, 2/fan_in for he, 1/fan_in for lecun.
void initialize(const Parameter& parameter, Random& random, Span values);

}  // namespace tusk::layers
