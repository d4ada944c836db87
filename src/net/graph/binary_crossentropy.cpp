// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include "net/graph/losses.hpp"
#include "net/kernels/eigen_views.hpp"

namespace tusk::graph {
namespace {

// What the loss of logits and that of probabilities share. With label smoothing s the labels are
// t' = (1 − s) t + s/2 in what follows.
class BinaryCrossentropy : public Loss {
 public:
  explicit BinaryCrossentropy(double smoothing)
      : kept_(static_cast<Real>(1.0 - smoothing)), added_(static_cast<Real>(smoothing / 2.0)) {}

  LabelKind labels() const override { return LabelKind::probabilities; }
  Activation takes_over() const override { return Activation::sigmoid; }

 protected:
  // Of a label or of an array of them.
  auto smoothed(const auto& t) const { return t * kept_ + added_; }

  Real kept_;
  Real added_;
};

// The loss of logits z, with p = sigmoid(z): L = mean over the outputs of
//   −(t log p + (1 − t) log(1 − p)), computed as
//   max(z, 0) − t z + log(1 + exp(−|z|)),  ∂/∂z = p − t.
class BinaryFromLogits : public BinaryCrossentropy {
 public:
  using BinaryCrossentropy::BinaryCrossentropy;

  double sum(ConstMatrix outputs, const Targets& targets) const override {
    double total = 0.0;
    for (std::size_t sample = 0; sample < outputs.cols(); ++sample) {
      const auto z = kernels::array(outputs.col(sample));
      const auto t = kernels::array(targets.values.col(sample));
      total += (z.max(Real{0}) - smoothed(t) * z + (-z.abs()).exp().log1p()).mean();
    }
    return total;
  }

  void gradient(ConstMatrix, ConstMatrix predictions, const Targets& targets,
                Matrix dy) const override {
    const Real scale = Real{1} / static_cast<Real>(dy.size());
    const auto t = kernels::array(targets.values.flat());
    kernels::array(dy.flat()) = scale * (kernels::array(predictions.flat()) - smoothed(t));
  }
};

// The same of a network that gives logits and ends in no sigmoid.
class BinaryOfGivenLogits final : public BinaryFromLogits {
 public:
  using BinaryFromLogits::BinaryFromLogits;

  Activation takes_over() const override { return Activation::linear; }

  void gradient(ConstMatrix outputs, ConstMatrix, const Targets& targets,
                Matrix dy) const override {
    std::ranges::transform(outputs.flat(), dy.data(),
                           [](Real z) { return Real{1} / (Real{1} + std::exp(-z)); });
    BinaryFromLogits::gradient(outputs, dy, targets, dy);
  }
};

// The loss of outputs that are probabilities already. They are clipped, and where they are the
// gradient is 0.
class BinaryFromProbabilities final : public BinaryCrossentropy {
 public:
  explicit BinaryFromProbabilities(double smoothing)
      : BinaryCrossentropy(smoothing), smoothing_(smoothing) {}

  double sum(ConstMatrix outputs, const Targets& targets) const override {
    double total = 0.0;
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      const Real p = clip(outputs.data()[i]);
      const Real t = smoothed(targets.values.data()[i]);
      total -= t * std::log(p) + (Real{1} - t) * std::log(Real{1} - p);
    }
    return total / static_cast<double>(outputs.rows());
  }

  void gradient(ConstMatrix outputs, ConstMatrix, const Targets& targets,
                Matrix dy) const override {
    const Real scale = Real{1} / static_cast<Real>(dy.size());
    for (std::size_t i = 0; i < dy.size(); ++i) {
      const Real p = outputs.data()[i];
      const Real t = smoothed(targets.values.data()[i]);
      const Real slope = p == clip(p) ? (p - t) / (p * (Real{1} - p)) : Real{0};
      dy.data()[i] = scale * slope;
    }
  }

  std::unique_ptr<Loss> of_logits() const override {
    return std::make_unique<BinaryFromLogits>(smoothing_);
  }

 private:
  static Real clip(Real p) { return std::min(std::max(p, clip_epsilon), Real{1} - clip_epsilon); }

  double smoothing_;
};

}  // namespace

std::unique_ptr<Loss> make_binary_crossentropy(double label_smoothing, bool from_logits) {
  if (from_logits) return std::make_unique<BinaryOfGivenLogits>(label_smoothing);
  return std::make_unique<BinaryFromProbabilities>(label_smoothing);
}

}  // namespace tusk::graph
