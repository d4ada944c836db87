// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/aligned_vector.hpp"
#include "exchange/strategies/registry.hpp"

namespace tusk::strategies {

// What separates the weights x from the position of Nesterov's optimizer: δv, or nothing.
struct Lead {
  std::span<const float> velocity = {};
  float momentum = 0.0F;
};

// The asynchronous elastic rules. Once a window, between its first gradient and that gradient's
// step:
//
//   E = α(z − θ);   θ += E;   x += step;   x −= E
//
// One more exchange without a step ends the run, so that no step stays behind. z is the position of
// the worker: its weights x, or where x are Nesterov's point ahead, x − δv (v before the step).
// Moves 2 · 4 P bytes an exchange.
class Elastic final : public Strategy {
 public:
  Elastic(center::CenterVariable& center, std::size_t communication_window, double alpha,
          Lead lead = {});

  std::size_t communication_window() const override { return communication_window_; }
  void on_start(std::span<float> weights) override;
  void on_window_start(std::span<float> weights) override;
  bool needs_gradients() const override { return due_; }
  void on_gradients(std::span<const float> weights, std::span<float> gradients,
                    std::size_t samples) override;
  void on_step(std::span<float> weights) override;
  void on_window_end(std::span<float> weights, const Window& window) override;
  void on_finish(std::span<float> weights) override;

 private:
  void exchange(std::span<const float> weights);
  void apply_force(std::span<float> weights);

  center::CenterVariable& center_;
  std::size_t communication_window_;
  float alpha_;
  Lead lead_;
  AlignedVector<float> force_;  // E
  bool due_ = false;            // the window's exchange is still to come
  bool pulling_ = false;        // E is still to be subtracted
};

}  // namespace tusk::strategies
