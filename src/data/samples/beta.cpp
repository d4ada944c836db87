// SPDX-License-Identifier: Apache-2.0
#include "data/samples/beta.hpp"

#include <cmath>

namespace tusk::samples {
namespace {

// ln X of X ~ Gamma(alpha). The method wants a shape of 1 at least; below, X = X' U^(1/alpha) with
// X' ~ Gamma(alpha + 1).
double log_gamma(double alpha, Random& random) {
  const bool small = alpha < 1.0;
  const double d = (small ? alpha + 1.0 : alpha) - 1.0 / 3.0;
  const double c = 1.0 / std::sqrt(9.0 * d);
  for (;;) {
    const double z = random.normal();
    const double root = 1.0 + c * z;
    if (root <= 0.0) continue;
    const double log_v = 3.0 * std::log(root);
    const double log_u = std::log(1.0 - random.uniform());
    if (log_u >= 0.5 * z * z + d * (1.0 - std::exp(log_v) + log_v)) continue;
    const double log_x = std::log(d) + log_v;
    return small ? log_x + std::log(1.0 - random.uniform()) / alpha : log_x;
  }
}

}  // namespace

double symmetric_beta(double alpha, Random& random) {
  const double log_x = log_gamma(alpha, random);
  const double log_y = log_gamma(alpha, random);
  return 1.0 / (1.0 + std::exp(log_y - log_x));
}

}  // namespace tusk::samples
