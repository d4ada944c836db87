// SPDX-License-Identifier: Apache-2.0
#include "core/score_names.hpp"

namespace tusk {

std::vector<std::pair<std::string, double>> named_values(const BatchScore& score,
                                                         std::span<const std::string> metric_names,
                                                         std::string_view prefix) {
  std::vector<std::pair<std::string, double>> values;
  values.emplace_back(std::string(prefix) + "loss", score.loss());
  for (std::size_t i = 0; i < metric_names.size(); ++i) {
    values.emplace_back(std::string(prefix) + metric_names[i], score.metric(i));
  }
  return values;
}

std::vector<std::pair<std::string, double>> named_weights(const BatchScore& score,
                                                          std::span<const std::string> names,
                                                          std::string_view prefix) {
  std::vector<std::pair<std::string, double>> values;
  for (std::size_t i = 0; i < names.size(); ++i) {
    values.emplace_back(std::string(prefix) + names[i], score.weight_sums[i]);
  }
  return values;
}

}  // namespace tusk
