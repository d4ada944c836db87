// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include "net/graph/losses.hpp"

namespace tusk::graph {
namespace {

// L = mean over the outputs of f(e) of the errors e = y − t.
// Rule: value(e) = f(e), slope(e) = f'(e).
template <typename Rule>
class ElementwiseLoss final : public Loss {
 public:
  explicit ElementwiseLoss(Rule rule) : rule_(rule) {}

  double sum(ConstMatrix outputs, const Targets& targets) const override {
    double total = 0.0;
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      total += rule_.value(outputs.data()[i] - targets.values.data()[i]);
    }
    return total / static_cast<double>(outputs.rows());
  }

  void gradient(ConstMatrix outputs, ConstMatrix, const Targets& targets,
                Matrix dy) const override {
    const Real scale = Real{1} / static_cast<Real>(dy.size());
    for (std::size_t i = 0; i < dy.size(); ++i) {
      dy.data()[i] = scale * rule_.slope(outputs.data()[i] - targets.values.data()[i]);
    }
  }

 private:
  Rule rule_;
};

// e²
struct SquaredError {
  static Real value(Real e) { return e * e; }
  static Real slope(Real e) { return Real{2} * e; }
};

// |e|
struct AbsoluteError {
  static Real value(Real e) { return std::abs(e); }
  static Real slope(Real e) { return e == Real{0} ? Real{0} : std::copysign(Real{1}, e); }
};

// e²/2 where |e| ≤ δ, else δ|e| − δ²/2 (Huber 1964)
struct Huber {
  Real delta;
  Real value(Real e) const {
    const Real size = std::abs(e);
    return size <= delta ? Real{0.5} * e * e : delta * size - Real{0.5} * delta * delta;
  }
  Real slope(Real e) const { return std::clamp(e, -delta, delta); }
};

}  // namespace

std::unique_ptr<Loss> make_mse() {
  return std::make_unique<ElementwiseLoss<SquaredError>>(SquaredError{});
}

std::unique_ptr<Loss> make_mae() {
  return std::make_unique<ElementwiseLoss<AbsoluteError>>(AbsoluteError{});
}

std::unique_ptr<Loss> make_huber(double delta) {
  return std::make_unique<ElementwiseLoss<Huber>>(Huber{static_cast<Real>(delta)});
}

}  // namespace tusk::graph
