// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tusk/activation.hpp"
#include "tusk/real.hpp"

namespace tusk::kernels {

// values = activation(values) for the gates of recurrent cells, a sample's at a time: sigmoid and
// tanh of any number of values in whole vectors, the last one filled up, where activate() would
// compute what is left over one by one. All other activations are activate()'s. Relative errors of
// at most some 2e-7; NaN stays NaN.
void activate_gates(Activation activation, Span values);

}  // namespace tusk::kernels
