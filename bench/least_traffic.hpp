// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <vector>

#include "tusk/aligned_vector.hpp"

namespace tusk::bench {

// Moves the weights, and in training the optimizer's state, as often as a step must at least, and
// does nothing else: inference reads the weights once; training reads them for the forward pass,
// then reads and writes weights and state for the update.
class LeastTraffic {
 public:
  static LeastTraffic of_inference(std::size_t parameters) { return {parameters, 1, 0}; }
  // `states`: arrays that the optimizer keeps, each as long as the weights.
  static LeastTraffic of_training(std::size_t parameters, std::size_t states) {
    return {parameters, 1 + states, 1 + states};
  }

  double bytes() const;
  double seconds();  // of doing it once

 private:
  LeastTraffic(std::size_t parameters, std::size_t arrays, std::size_t updated)
      : arrays_(arrays, AlignedVector<float>(parameters, 1.0F)), updated_(updated) {}

  std::vector<AlignedVector<float>> arrays_;  // the weights first
  std::size_t updated_;                       // so many of them
};

}  // namespace tusk::bench
