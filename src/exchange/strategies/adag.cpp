// SPDX-License-Identifier: Apache-2.0
#include "exchange/strategies/downpour.hpp"
#include "exchange/strategies/rules.hpp"

namespace tusk::strategies {

// Accumulated gradient normalization: θ += (x − x₀)/m. Hermans, "On scalable deep learning and
// parallelizing gradient descent", 2017 (there AGN).
std::unique_ptr<Strategy> make(const AdagOptions& options, const Surroundings& with) {
  return std::make_unique<Downpour>(with, options.communication_window, mean_over_steps,
                                    Downpour::Weight{});
}

}  // namespace tusk::strategies
