// SPDX-License-Identifier: Apache-2.0
#include "net/kernels/activation.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <numbers>
#include <type_traits>

#include "net/kernels/eigen_views.hpp"

namespace tusk::kernels {
namespace {

constexpr Real selu_scale{1.0507009873554804934193349852946};
constexpr Real selu_alpha{1.6732632423543772848170429916717};
constexpr Real leaky_slope{0.2};
constexpr Real hard_slope = Real{1} / Real{6};
constexpr Real hard_slope_keras2{0.2};

// Calls work(first, count) for values `first`, `first` + 1, …, block by block.
constexpr std::size_t block = 64;
void in_blocks(std::size_t size, auto work) {
  for (std::size_t i = 0; i < size; i += block) work(i, std::min(block, size - i));
}
using Block = Eigen::Array<Real, Eigen::Dynamic, 1, Eigen::ColMajor, block, 1>;  // no allocation

// Φ(−|x|) = erfc(|x|/√2)/2. In float by a fit of the logarithm of erfc, whose relative error is
// below 1.2e-7 everywhere (Press et al., Numerical Recipes, 2nd ed., section 6.2).
Block normal_tail(ConstSpan values) {
  const Block z = array(values).abs() * (Real{1} / std::numbers::sqrt2_v<Real>);
  if constexpr (!std::is_same_v<Real, float>) {
    return z.unaryExpr([](Real x) { return Real{0.5} * std::erfc(x); });
  }
  constexpr Real fit[] = {0.17087277,  -0.82215223, 1.48851587, -1.13520398, 0.27886807,
                          -0.18628806, 0.09678418,  0.37409196, 1.00002368,  -1.26551223};
  const Block t = (Real{1} + Real{0.5} * z).inverse();
  Block sum = Block::Constant(z.size(), fit[0]);
  for (std::size_t k = 1; k < std::size(fit); ++k) sum = sum * t + fit[k];
  return Real{0.5} * t * (sum - z * z).exp();
}

// x Φ(x) = max(x, 0) − |x| Φ(−|x|)
void gelu(Span values) {
  in_blocks(values.size(), [&](std::size_t first, std::size_t count) {
    auto x = array(values.subspan(first, count));
    x = x.max(Real{0}) - x.abs() * normal_tail(values.subspan(first, count));
  });
}

// Φ(x) + x φ(x)
void gelu_gradient(ConstSpan inputs, Span gradient) {
  constexpr Real height = std::numbers::inv_sqrtpi_v<Real> / std::numbers::sqrt2_v<Real>;
  in_blocks(inputs.size(), [&](std::size_t first, std::size_t count) {
    const auto x = array(inputs.subspan(first, count));
    Block slope = normal_tail(inputs.subspan(first, count));
    for (Eigen::Index i = 0; i < slope.size(); ++i) slope[i] = x[i] > 0 ? 1 - slope[i] : slope[i];
    slope += x * height * (Real{-0.5} * x * x).exp();
    array(gradient.subspan(first, count)) *= slope;
  });
}

}  // namespace

// Branch-free forms that vectorize: max(x, 0) + f(min(x, 0)) for functions in two pieces. All of
// them pass NaN on, so that a training that diverges is seen to.
void activate(Activation activation, Span values) {
  auto x = array(values);
  switch (activation) {
    case Activation::linear:
      return;
    case Activation::relu:
      x = x.max(Real{0});
      return;
    case Activation::sigmoid:
      x = (Real{1} + (-x).exp()).inverse();
      return;
    case Activation::tanh:
      x = x.tanh();
      return;
    case Activation::softmax:
      x = (x - x.maxCoeff()).exp();
      x /= x.sum();
      return;
    case Activation::elu:
      x = x.max(Real{0}) + x.min(Real{0}).expm1();
      return;
    case Activation::selu:
      x = selu_scale * (x.max(Real{0}) + selu_alpha * x.min(Real{0}).expm1());
      return;
    case Activation::softplus:
      x = x.max(Real{0}) + (-x.abs()).exp().log1p();
      return;
    case Activation::leaky_relu:
      x = x.max(Real{0}) + leaky_slope * x.min(Real{0});
      return;
    case Activation::silu:
      x /= Real{1} + (-x).exp();
      return;
    case Activation::gelu:
      return gelu(values);
    case Activation::hard_sigmoid:
      x = (hard_slope * x + Real{0.5}).max(Real{0}).min(Real{1});
      return;
    case Activation::hard_sigmoid_keras2:
      x = (hard_slope_keras2 * x + Real{0.5}).max(Real{0}).min(Real{1});
      return;
  }
}

void activation_gradient(Activation activation, ConstSpan outputs, Span gradient) {
  const auto y = array(outputs);  // x of those whose gradient is told by the input
  auto dy = array(gradient);
  // The two pieces of relu and its relatives; y > 0 where x > 0.
  const auto pieces = [&](auto positive, auto negative) {
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      gradient[i] *= outputs[i] > 0 ? positive : negative(outputs[i]);
    }
  };
  // Those that are a line between 0 and 1.
  const auto inside = [&](Real slope) {
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      gradient[i] *= outputs[i] > 0 && outputs[i] < 1 ? slope : Real{0};
    }
  };
  switch (activation) {
    case Activation::linear:
      return;
    case Activation::relu:
      return pieces(Real{1}, [](Real) { return Real{0}; });
    case Activation::sigmoid:
      dy *= y * (Real{1} - y);
      return;
    case Activation::tanh:
      dy *= Real{1} - y * y;
      return;
    case Activation::softmax:
      dy = y * (dy - (y * dy).sum());
      return;
    case Activation::elu:
      return pieces(Real{1}, [](Real v) { return v + Real{1}; });
    case Activation::selu:
      return pieces(selu_scale, [](Real v) { return v + selu_scale * selu_alpha; });
    case Activation::softplus:
      dy *= -(-y).expm1();
      return;
    case Activation::leaky_relu:
      return pieces(Real{1}, [](Real) { return leaky_slope; });
    case Activation::silu:
      return in_blocks(outputs.size(), [&](std::size_t first, std::size_t count) {
        const auto x = array(outputs.subspan(first, count));
        const Block sigmoid = (Real{1} + (-x).exp()).inverse();
        array(gradient.subspan(first, count)) *= sigmoid * (Real{1} + x * (Real{1} - sigmoid));
      });
    case Activation::gelu:
      return gelu_gradient(outputs, gradient);
    case Activation::hard_sigmoid:
      return inside(hard_slope);
    case Activation::hard_sigmoid_keras2:
      return inside(hard_slope_keras2);
  }
}

void activation_gradient(Activation activation, ConstMatrix told_by, Matrix dy, Team& team) {
  if (activation == Activation::linear) return;
  team.share(dy.cols(), 1, dy.rows() * activation_cost, [&](const Share& share) {
    for (std::size_t sample = share.first; sample < share.last; ++sample) {
      activation_gradient(activation, told_by.col(sample), dy.col(sample));
    }
  });
}

}  // namespace tusk::kernels
