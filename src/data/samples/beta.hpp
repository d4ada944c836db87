// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tusk/random.hpp"

namespace tusk::samples {

// A number from 0 to 1 by Beta(alpha, alpha), alpha > 0: X/(X + Y) of X, Y ~ Gamma(alpha), whose
// logarithms are drawn, so that a small alpha, of which both would be 0, gives a number, too.
//   G. Marsaglia and W. W. Tsang, "A simple method for generating gamma variables", 2000
double symmetric_beta(double alpha, Random& random);

}  // namespace tusk::samples
