// SPDX-License-Identifier: Apache-2.0
// Compiled with -ffp-contract=fast: multiplications and additions fuse where the CPU can.
#include "net/kernels/gates.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <type_traits>

#include "net/kernels/activation.hpp"
#include "net/kernels/packing.hpp"

namespace tusk::kernels {
namespace {

using Bits [[gnu::vector_size(__BIGGEST_ALIGNMENT__)]] = std::int32_t;

// eˣ = 2ⁿ eʳ with |r| <= ln 2/2, for floats; the polynomial is that of Cephes' expf. x is kept
// where the result is a normal number.
[[gnu::always_inline]] inline Vector exp_of(Vector x) {
  constexpr Real least{-87.0};
  constexpr Real most{88.0};
  x = x < least ? Vector{} + least : x;
  x = x > most ? Vector{} + most : x;
  constexpr Real to_whole{12582912.0};  // 1.5 · 2²³: what is added to it loses its fraction
  const Vector shifted = x * Real{1.44269504088896341} + to_whole;
  const Vector n = shifted - to_whole;
  const Vector r = x - n * Real{0.693359375} - n * Real{-2.12194440e-4};
  Vector sum = Vector{} + Real{1.9875691500e-4};
  sum = sum * r + Real{1.3981999507e-3};
  sum = sum * r + Real{8.3334519073e-3};
  sum = sum * r + Real{4.1665795894e-2};
  sum = sum * r + Real{1.6666665459e-1};
  sum = sum * r + Real{5.0000001201e-1};
  sum = sum * (r * r) + r + Real{1};
  // The lowest bits of `shifted` are n, which goes to the exponent.
  const Bits power = (reinterpret_cast<Bits>(shifted) << 23) + (127 << 23);
  return sum * reinterpret_cast<Vector>(power);
}

struct Sigmoid {
  static Real of(Real x) { return Real{1} / (Real{1} + std::exp(-x)); }
  [[gnu::always_inline]] static Vector of(Vector x) { return Real{1} / (Real{1} + exp_of(-x)); }
};

// Near 0 by the polynomial of Cephes' tanhf, elsewhere 1 − 2/(e²ˣ + 1).
struct Tanh {
  static Real of(Real x) { return std::tanh(x); }
  [[gnu::always_inline]] static Vector of(Vector x) {
    const Vector z = x * x;
    Vector sum = Vector{} + Real{-5.70498872745e-3};
    sum = sum * z + Real{2.06390887954e-2};
    sum = sum * z + Real{-5.37397155531e-2};
    sum = sum * z + Real{1.33314422036e-1};
    sum = sum * z + Real{-3.33332819422e-1};
    const Vector near = sum * z * x + x;
    const Vector far = Real{1} - Real{2} / (exp_of(x + x) + Real{1});
    constexpr Real limit{0.390625};  // 0.625²
    return z < limit ? near : far;
  }
};

template <typename Function>
void apply(Span values) {
  if constexpr (!std::is_same_v<Real, float>) {
    for (Real& x : values) x = Function::of(x);
  } else {
    std::size_t i = 0;
    for (; i + lanes <= values.size(); i += lanes) {
      store(Function::of(load(values.data() + i)), values.data() + i);
    }
    if (const std::size_t rest = values.size() - i; rest > 0) {
      Real last[lanes] = {};
      std::copy_n(values.data() + i, rest, last);
      store(Function::of(load(last)), last);
      std::copy_n(last, rest, values.data() + i);
    }
  }
}

}  // namespace

void activate_gates(Activation activation, Span values) {
  switch (activation) {
    case Activation::sigmoid:
      return apply<Sigmoid>(values);
    case Activation::tanh:
      return apply<Tanh>(values);
    default:
      return activate(activation, values);
  }
}

}  // namespace tusk::kernels
