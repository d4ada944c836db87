// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tusk/aligned_vector.hpp"
#include "tusk/strategy.hpp"

namespace tusk::strategies {

// When the elastic rules exchange, with a center or with each other; Elastic and easgd.cpp's class
// derive from it. Once a window, between its first gradient and that gradient's step:
//
//   E = exchange(x);   x += step;   x −= E
//
// One more exchange without a step ends the run, so that no step stays behind. Memory: 4 P bytes.
class ElasticRule : public Strategy {
 public:
  explicit ElasticRule(std::size_t communication_window)
      : communication_window_(communication_window) {}

  std::size_t communication_window() const final { return communication_window_; }
  void on_start(std::span<float> weights) final;
  void on_window_start(std::span<float> weights) final;
  bool needs_gradients() const final { return due_; }
  void on_gradients(std::span<const float> weights, std::span<float> gradients,
                    std::size_t samples) final;
  void on_step(std::span<float> weights) final;
  void on_window_end(std::span<float> weights, const Window& window) final;
  void on_finish(std::span<float> weights) final;
  void keep(State& /*state*/) override {}  // between windows there is no E

 protected:
  // Before the first step: takes the weights of the center, or the center from the weights.
  virtual void join(std::span<float> weights) = 0;

  // force = E, by which the weights are pulled; the center has been moved by it.
  virtual void exchange(std::span<const float> weights, std::span<float> force) = 0;

 private:
  void apply_force(std::span<float> weights);

  std::size_t communication_window_;
  AlignedVector<float> force_;  // E, of the last exchange
  bool due_ = false;            // the window's exchange is still to come
  bool pulling_ = false;        // E is still to be subtracted
};

}  // namespace tusk::strategies
