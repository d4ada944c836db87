// SPDX-License-Identifier: Apache-2.0
#include "exchange/strategies/downpour.hpp"
#include "exchange/strategies/rules.hpp"

namespace tusk::strategies {

// DOWNPOUR's rule on a center whose reads and writes race (its traits). Niu et al.,
// "Hogwild!: a lock-free approach to parallelizing stochastic gradient descent", NIPS 2011.
std::unique_ptr<Strategy> make(const HogwildOptions& options, const Surroundings& with) {
  return std::make_unique<Downpour>(with, options.communication_window, whole_delta,
                                    Downpour::Weight{});
}

}  // namespace tusk::strategies
