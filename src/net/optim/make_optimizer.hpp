// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <span>

#include "experiment/optimizer_options.hpp"
#include "tusk/optimizer.hpp"

namespace tusk::optim {

// The optimizer that the options describe, for parameters in arrays of these sizes. Each
// worker::Worker makes its own. Memory: 4 P bytes for each vector of its state.
// Error(bad_experiment), naming the key, for values out of range and for more than one way of
// clipping.
std::unique_ptr<Optimizer> make_optimizer(const OptimizerOptions& options,
                                          std::span<const std::size_t> array_sizes);

}  // namespace tusk::optim
