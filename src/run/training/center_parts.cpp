// SPDX-License-Identifier: Apache-2.0
#include "run/training/center_parts.hpp"

#include <algorithm>
#include <span>
#include <utility>

namespace tusk::training {

std::size_t statistics_of_center(const Assembly& assembly) {
  return assembly.model.exchanged_count() - assembly.model.trained_count();
}

coordinator::Coordinator::Snapshot with_what_is_frozen(const Assembly& assembly,
                                                       coordinator::Coordinator::Snapshot center) {
  return [&assembly, center = std::move(center)](std::span<float> out) {
    const std::size_t count = assembly.model.exchanged_count();
    center(out.first(count));
    std::ranges::copy(std::span(assembly.initial).subspan(count), out.subspan(count).begin());
  };
}

records::Scoring scoring_of(const graph::Model& model) {
  return {.metrics = model.metric_names().size(),
          .outputs = model.outputs().size(),
          .weighing = model.weighing()};
}

}  // namespace tusk::training
