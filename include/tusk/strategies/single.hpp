// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tusk/strategies/strategy.hpp"

namespace tusk::strategies {

// Plain sequential training: the worker's weights are the model, nothing is exchanged.
class Single : public Strategy {
 public:
  std::size_t communication_window() const override { return 1; }
  void on_start(std::span<float> /*weights*/) override {}
  void on_window_end(std::span<float> /*weights*/, const Window& /*window*/) override {}
};

}  // namespace tusk::strategies
