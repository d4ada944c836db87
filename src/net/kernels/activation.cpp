// SPDX-License-Identifier: Apache-2.0
#include "net/kernels/activation.hpp"

#include "net/kernels/eigen_views.hpp"

namespace tusk::kernels {
namespace {

constexpr Real selu_scale{1.0507009873554804934193349852946};
constexpr Real selu_alpha{1.6732632423543772848170429916717};
constexpr Real leaky_slope{0.2};

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
  }
}

void activation_gradient(Activation activation, ConstSpan outputs, Span gradient) {
  const auto y = array(outputs);
  auto dy = array(gradient);
  // The two pieces of relu and its relatives; y > 0 where x > 0.
  const auto pieces = [&](auto positive, auto negative) {
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      gradient[i] *= outputs[i] > 0 ? positive : negative(outputs[i]);
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
  }
}

void activation_gradient(Activation activation, ConstMatrix y, Matrix dy, Team& team) {
  if (activation == Activation::linear) return;
  team.share(y.cols(), 1, y.rows() * activation_cost, [&](const Share& share) {
    for (std::size_t sample = share.first; sample < share.last; ++sample) {
      activation_gradient(activation, y.col(sample), dy.col(sample));
    }
  });
}

}  // namespace tusk::kernels
