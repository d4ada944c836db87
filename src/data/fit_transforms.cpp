// SPDX-License-Identifier: Apache-2.0
#include "tusk/data/fit_transforms.hpp"

#include <variant>

#include "transform_kinds.hpp"

namespace tusk::data {

Transforms fit_transforms(const std::vector<TransformOptions>& options, const Dataset&,
                          const TrainingRows&, const mpi::Communicator&) {
  std::vector<Step> steps;
  for (const TransformOptions& option : options) {
    steps.push_back(std::visit([](const auto& kind) { return fit(kind); }, option));
  }
  return {std::move(steps), std::nullopt};
}

}  // namespace tusk::data
