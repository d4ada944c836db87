// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>

namespace tusk::optim {

// rule(x, g, s…) for every element of a part of the vectors: a weight, its gradient, and its
// element of each piece of state. They do not overlap, so the loop vectorizes.
template <typename Part, typename Rule, typename... State>
void sweep(const Part& part, Rule rule, State... state) {
  const std::size_t count = part.weights.size();
  const auto loop = [count, rule](float* x, const float* g, auto*... s) {
#pragma GCC ivdep
    for (std::size_t i = 0; i < count; ++i) rule(x[i], g[i], s[i]...);
  };
  loop(part.weights.data(), part.gradients.data(), (state.data() + part.offset)...);
}

}  // namespace tusk::optim
