// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>

#include "tusk/gradient_sink.hpp"
#include "tusk/optimizer.hpp"

namespace tusk::worker {

// Updates each part of the weights as soon as its gradients are known, while they are in the cache:
// gradients never travel to memory and back, which is what a step with a small batch costs. The
// weights become, to the bit, what Optimizer::step makes of them with the whole gradient. The
// worker makes one a step, where no rule looks at the gradients. Requires
// optimizer.steps_in_parts().
class FusedUpdate final : public layers::GradientSink {
 public:
  // Begins a step. `scratch` is as long as the weights; only so much of it is used as the largest
  // part needs.
  FusedUpdate(optim::Optimizer& optimizer, std::span<float> weights, std::span<float> scratch)
      : optimizer_(optimizer), weights_(weights), scratch_(scratch) {
    optimizer.begin_step();
  }

  Span room(std::size_t, std::size_t count, std::size_t place) override {
    return scratch_.subspan(place, count);
  }

  void take(std::size_t offset, Span gradients) override {
    optimizer_.step_part(offset, weights_.subspan(offset, gradients.size()), gradients);
  }

 private:
  optim::Optimizer& optimizer_;
  std::span<float> weights_;
  std::span<float> scratch_;
};

}  // namespace tusk::worker
