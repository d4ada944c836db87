// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/score.hpp"

namespace tusk {

// A score by its names, as everywhere users see one: ("val_loss", 0.36), ("val_accuracy", 0.84) …
// `prefix` is "", "val_" or "test_".
std::vector<std::pair<std::string, double>> named_values(const BatchScore& score,
                                                         std::span<const std::string> metric_names,
                                                         std::string_view prefix);

// The sums of its weights: "weight_sum", or where outputs weigh samples apart that of each,
// "kind_weight_sum". `names`: those, none where samples have no weights.
std::vector<std::pair<std::string, double>> named_weights(const BatchScore& score,
                                                          std::span<const std::string> names,
                                                          std::string_view prefix);

}  // namespace tusk
