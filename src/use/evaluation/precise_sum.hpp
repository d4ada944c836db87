// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>

namespace tusk::evaluation {

// A sum with twice the digits of a double: what a sum has rounded off is kept beside it (TwoSum:
// D. E. Knuth, The Art of Computer Programming 2, 4.2.2; products by fused multiplication). So the
// order in which weights are added up, which depends on the number of ranks, makes no difference
// that a double shows, and weights that nearly cancel each other lose no digits. Sums of whole
// numbers are exact. Trivially copyable: ranks send it as bytes.
struct PreciseSum {
  double sum = 0.0;
  double rest = 0.0;

  void add(double number) {
    const double next = sum + number;
    const double added = next - sum;
    rest += (sum - (next - added)) + (number - added);
    sum = next;
  }

  void add_product(double a, double b) {
    const double product = a * b;
    add(product);
    rest += std::fma(a, b, -product);
  }

  // A product with another sum.
  void add_product(double a, const PreciseSum& b) {
    add_product(a, b.sum);
    add_product(a, b.rest);
  }

  PreciseSum& operator+=(const PreciseSum& other) {
    add(other.sum);
    add(other.rest);
    return *this;
  }

  double value() const { return sum + rest; }
};

}  // namespace tusk::evaluation
