// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include "net/graph/class_row.hpp"
#include "net/graph/losses.hpp"
#include "net/kernels/eigen_views.hpp"

namespace tusk::graph {
namespace {

// What the loss of logits and that of probabilities share. A label that is a class c stands for the
// t that is 1 at c and 0 elsewhere. With label smoothing s the labels of K classes are
// t' = (1 − s) t + s/K in what follows.
class CategoricalCrossentropy : public Loss {
 public:
  explicit CategoricalCrossentropy(double smoothing) : smoothing_(smoothing) {}

  LabelKind labels() const override { return LabelKind::classes; }
  Activation takes_over() const override { return Activation::softmax; }

 protected:
  Real kept() const { return static_cast<Real>(1.0 - smoothing_); }
  Real added(std::size_t classes) const {
    return static_cast<Real>(smoothing_ / static_cast<double>(classes));
  }
  auto smoothed(const auto& t, std::size_t classes) const { return t * kept() + added(classes); }

  double smoothing_;
};

// The loss of logits z: L = −Σₖ tₖ log pₖ with p = softmax(z).
//   L = Σₖ tₖ (log Σⱼ exp(zⱼ − max z) − (zₖ − max z)),  ∂L/∂z = p Σₖ tₖ − t.
class CategoricalFromLogits : public CategoricalCrossentropy {
 public:
  using CategoricalCrossentropy::CategoricalCrossentropy;

  double sum(ConstMatrix outputs, const Targets& targets) const override {
    double total = 0.0;
    for (std::size_t sample = 0; sample < outputs.cols(); ++sample) {
      const auto z = kernels::array(outputs.col(sample));
      const Real top = z.maxCoeff();
      const Real log_sum = std::log((z - top).exp().sum());
      if (targets.are_classes()) {
        const std::size_t c = class_row(targets, sample, outputs.rows());
        total += kept() * (log_sum - (outputs(c, sample) - top));
        if (smoothing_ > 0.0) total += added(outputs.rows()) * (log_sum - (z - top)).sum();
      } else {
        const auto t = kernels::array(targets.values.col(sample));
        total += (smoothed(t, outputs.rows()) * (log_sum - (z - top))).sum();
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
        dy(class_row(targets, sample, dy.rows()), sample) -= scale * kept();
        if (smoothing_ > 0.0) dz -= scale * added(dy.rows());
      } else {
        const auto t = kernels::array(targets.values.col(sample));
        const Real sum = smoothed(t, dy.rows()).sum();
        dz = scale * (p * sum - smoothed(t, dy.rows()));
      }
    }
  }
};

// The same of a network that gives logits and ends in no softmax.
class CategoricalOfGivenLogits final : public CategoricalFromLogits {
 public:
  using CategoricalFromLogits::CategoricalFromLogits;

  Activation takes_over() const override { return Activation::linear; }

  void gradient(ConstMatrix outputs, ConstMatrix, const Targets& targets,
                Matrix dy) const override {
    for (std::size_t sample = 0; sample < dy.cols(); ++sample) {
      const auto z = kernels::array(outputs.col(sample));
      auto p = kernels::array(dy.col(sample));
      p = (z - z.maxCoeff()).exp();
      p /= p.sum();
    }
    CategoricalFromLogits::gradient(outputs, dy, targets, dy);
  }
};

// The loss of outputs y that are probabilities already, as Keras takes them: with s = Σ y,
//   p = y/s,  L = −Σₖ tₖ log clip(pₖ),  gₖ = ∂L/∂pₖ = −tₖ/pₖ (0 where clipped),
//   ∂L/∂y = (g − Σₖ gₖ pₖ)/s.
class CategoricalFromProbabilities final : public CategoricalCrossentropy {
 public:
  using CategoricalCrossentropy::CategoricalCrossentropy;

  double sum(ConstMatrix outputs, const Targets& targets) const override {
    double total = 0.0;
    for (std::size_t sample = 0; sample < outputs.cols(); ++sample) {
      const auto y = kernels::array(outputs.col(sample));
      const Real s = y.sum();
      const auto log_p = [&](Real value) { return std::log(clip(value / s)); };
      if (targets.are_classes()) {
        const std::size_t c = class_row(targets, sample, outputs.rows());
        total -= kept() * log_p(outputs(c, sample));
        if (smoothing_ > 0.0) total -= added(outputs.rows()) * y.unaryExpr(log_p).sum();
      } else {
        const auto t = kernels::array(targets.values.col(sample));
        total -= (smoothed(t, outputs.rows()) * y.unaryExpr(log_p)).sum();
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
      const auto slope_of = [&](Real value) { return slope(value / s); };
      if (targets.are_classes()) {
        g.setZero();
        if (smoothing_ > 0.0) g = added(dy.rows()) * y.unaryExpr(slope_of);
        const std::size_t c = class_row(targets, sample, dy.rows());
        dy(c, sample) += kept() * slope_of(outputs(c, sample));
      } else {
        const auto t = kernels::array(targets.values.col(sample));
        g = smoothed(t, dy.rows()) * y.unaryExpr(slope_of);
      }
      const Real mean = (g * y).sum() / s;
      g = scale * (g - mean) / s;
    }
  }

  std::unique_ptr<Loss> of_logits() const override {
    return std::make_unique<CategoricalFromLogits>(smoothing_);
  }

 private:
  static Real clip(Real p) { return std::min(std::max(p, clip_epsilon), Real{1} - clip_epsilon); }
  static Real slope(Real p) { return p == clip(p) ? Real{-1} / p : Real{0}; }  // of −log clip(p)
};

}  // namespace

std::unique_ptr<Loss> make_categorical_crossentropy(double label_smoothing, bool from_logits) {
  if (from_logits) return std::make_unique<CategoricalOfGivenLogits>(label_smoothing);
  return std::make_unique<CategoricalFromProbabilities>(label_smoothing);
}

}  // namespace tusk::graph
