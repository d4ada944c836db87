// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include "net/graph/class_row.hpp"
#include "net/graph/losses.hpp"
#include "net/kernels/eigen_views.hpp"

namespace tusk::graph {
namespace {

// What the loss of logits and that of probabilities share.
class CategoricalCrossentropy : public Loss {
 public:
  LabelKind labels() const override { return LabelKind::classes; }
  Activation takes_over() const override { return Activation::softmax; }
};

// The loss of logits z: L = −Σₖ tₖ log pₖ with p = softmax(z).
//   L = Σₖ tₖ (log Σⱼ exp(zⱼ − max z) − (zₖ − max z)),  ∂L/∂z = p Σₖ tₖ − t.
// A label that is a class c stands for the t that is 1 at c and 0 elsewhere.
class CategoricalFromLogits final : public CategoricalCrossentropy {
 public:
  double sum(ConstMatrix outputs, const Targets& targets) const override {
    double total = 0.0;
    for (std::size_t sample = 0; sample < outputs.cols(); ++sample) {
      const auto z = kernels::array(outputs.col(sample));
      const Real top = z.maxCoeff();
      const Real log_sum = std::log((z - top).exp().sum());
      if (targets.are_classes()) {
        const std::size_t c = class_row(targets, sample, outputs.rows());
        total += log_sum - (outputs(c, sample) - top);
      } else {
        total += (kernels::array(targets.values.col(sample)) * (log_sum - (z - top))).sum();
      }
    }
    return total;
  }

  void gradient(ConstMatrix, ConstMatrix predictions, const Targets& targets,
                Matrix dy) const override {
    const Real scale = Real{1} / static_cast<Real>(dy.cols());
    for (std::size_t sample = 0; sample < dy.cols(); ++sample) {
      const auto p = kernels::array(predictions.col(sample));
      auto dz = kernels::array(dy.col(sample));
      if (targets.are_classes()) {
        dz = scale * p;
        dy(class_row(targets, sample, dy.rows()), sample) -= scale;
      } else {
        const auto t = kernels::array(targets.values.col(sample));
        dz = scale * (p * t.sum() - t);
      }
    }
  }
};

// The loss of outputs y that are probabilities already, as Keras takes them: with s = Σ y,
//   p = y/s,  L = −Σₖ tₖ log clip(pₖ),  gₖ = ∂L/∂pₖ = −tₖ/pₖ (0 where clipped),
//   ∂L/∂y = (g − Σₖ gₖ pₖ)/s.
class CategoricalFromProbabilities final : public CategoricalCrossentropy {
 public:
  double sum(ConstMatrix outputs, const Targets& targets) const override {
    double total = 0.0;
    for (std::size_t sample = 0; sample < outputs.cols(); ++sample) {
      const auto y = kernels::array(outputs.col(sample));
      const Real s = y.sum();
      const auto log_p = [&](Real value) { return std::log(clip(value / s)); };
      if (targets.are_classes()) {
        total -= log_p(outputs(class_row(targets, sample, outputs.rows()), sample));
      } else {
        total -= (kernels::array(targets.values.col(sample)) * y.unaryExpr(log_p)).sum();
      }
    }
    return total;
  }

  void gradient(ConstMatrix outputs, ConstMatrix, const Targets& targets,
                Matrix dy) const override {
    const Real scale = Real{1} / static_cast<Real>(dy.cols());
    for (std::size_t sample = 0; sample < dy.cols(); ++sample) {
      const auto y = kernels::array(outputs.col(sample));
      const Real s = y.sum();
      auto g = kernels::array(dy.col(sample));
      if (targets.are_classes()) {
        g.setZero();
        const std::size_t c = class_row(targets, sample, dy.rows());
        dy(c, sample) = slope(outputs(c, sample) / s);
      } else {
        const auto t = kernels::array(targets.values.col(sample));
        g = t * y.unaryExpr([&](Real value) { return slope(value / s); });
      }
      const Real mean = (g * y).sum() / s;
      g = scale * (g - mean) / s;
    }
  }

  std::unique_ptr<Loss> of_logits() const override {
    return std::make_unique<CategoricalFromLogits>();
  }

 private:
  static Real clip(Real p) { return std::min(std::max(p, clip_epsilon), Real{1} - clip_epsilon); }
  static Real slope(Real p) { return p == clip(p) ? Real{-1} / p : Real{0}; }  // of −log clip(p)
};

}  // namespace

std::unique_ptr<Loss> make_categorical_crossentropy() {
  return std::make_unique<CategoricalFromProbabilities>();
}

}  // namespace tusk::graph
