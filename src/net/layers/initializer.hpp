// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "experiment/model_options.hpp"
#include "tusk/parameter.hpp"

namespace tusk::layers {

// Keras 3's initializer of the same name, for the parameters of a layer (parameter.hpp):
//   *_uniform  in ±√(3s),  *_normal  truncated at two standard deviations, of variance s after the
//   truncation, where s is 2/(fan_in + fan_out) for glorot, 2/fan_in for he, 1/fan_in for lecun.
Initializer make_initializer(const InitializerOptions& options);

}  // namespace tusk::layers
