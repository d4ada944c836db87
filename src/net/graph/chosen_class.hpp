// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>

#include "tusk/real.hpp"

namespace tusk::graph {

// The position of the largest number, of the first of equals. Requires at least one number.
inline std::size_t first_largest(ConstSpan values) {
  return static_cast<std::size_t>(std::max_element(values.begin(), values.end()) - values.begin());
}

// The class that the outputs for one sample choose: the one with the largest output, the first of
// equals; of a single output class 1 if it is over 0.5 and class 0 otherwise. The metric accuracy,
// evaluation and predictions all ask this one function.
inline std::size_t chosen_class(ConstSpan outputs) {
  if (outputs.size() == 1) return outputs[0] > Real{0.5} ? 1 : 0;
  return first_largest(outputs);
}

}  // namespace tusk::graph
