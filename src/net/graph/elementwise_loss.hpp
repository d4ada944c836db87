// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include "tusk/loss.hpp"

namespace tusk::graph {

// A loss that sums up a function of each output's error e = y − t: L = the mean of f(e) over the
// outputs. mse, mae and huber are such. Rule has value(e) = f(e) and slope(e) = f'(e).
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

}  // namespace tusk::graph
