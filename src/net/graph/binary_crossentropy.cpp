// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include "net/graph/losses.hpp"
#include "net/kernels/eigen_views.hpp"

namespace tusk::graph {
namespace {

// What the loss of logits and that of probabilities share.
class BinaryCrossentropy : public Loss {
 public:
  LabelKind labels() const override { return LabelKind::probabilities; }
  Activation takes_over() const override { return Activation::sigmoid; }
};

// The loss of logits z, with p = sigmoid(z): L = mean over the outputs of
//   −(t log p + (1 − t) log(1 − p)), computed as
//   max(z, 0) − t z + log(1 + exp(−|z|)),  ∂/∂z = p − t.
class BinaryFromLogits final : public BinaryCrossentropy {
 public:
  double sum(ConstMatrix outputs, const Targets& targets) const override {
    double total = 0.0;
    for (std::size_t sample = 0; sample < outputs.cols(); ++sample) {
      const auto z = kernels::array(outputs.col(sample));
      const auto t = kernels::array(targets.values.col(sample));
      total += (z.max(Real{0}) - t * z + (-z.abs()).exp().log1p()).mean();
    }
    return total;
  }

  void gradient(ConstMatrix, ConstMatrix predictions, const Targets& targets,
                Matrix dy) const override {
    const Real scale = Real{1} / static_cast<Real>(dy.size());
    kernels::array(dy.flat()) =
        scale * (kernels::array(predictions.flat()) - kernels::array(targets.values.flat()));
  }
};

// The loss of outputs that are probabilities already. They are clipped, and where they are the
// gradient is 0.
class BinaryFromProbabilities final : public BinaryCrossentropy {
 public:
  double sum(ConstMatrix outputs, const Targets& targets) const override {
    double total = 0.0;
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      const Real p = clip(outputs.data()[i]);
      const Real t = targets.values.data()[i];
      total -= t * std::log(p) + (Real{1} - t) * std::log(Real{1} - p);
    }
    return total / static_cast<double>(outputs.rows());
  }

  void gradient(ConstMatrix outputs, ConstMatrix, const Targets& targets,
                Matrix dy) const override {
    const Real scale = Real{1} / static_cast<Real>(dy.size());
    for (std::size_t i = 0; i < dy.size(); ++i) {
      const Real p = outputs.data()[i];
      const Real t = targets.values.data()[i];
      const Real slope = p == clip(p) ? (p - t) / (p * (Real{1} - p)) : Real{0};
      dy.data()[i] = scale * slope;
    }
  }

  std::unique_ptr<Loss> of_logits() const override { return std::make_unique<BinaryFromLogits>(); }

 private:
  static Real clip(Real p) { return std::min(std::max(p, clip_epsilon), Real{1} - clip_epsilon); }
};

}  // namespace

std::unique_ptr<Loss> make_binary_crossentropy() {
  return std::make_unique<BinaryFromProbabilities>();
}

}  // namespace tusk::graph
