// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "data/transforms/affine.hpp"
#include "data/transforms/column_statistics.hpp"
#include "data/transforms/transform_kinds.hpp"

namespace tusk::transforms {

Step fit(const StandardTransform& options, const FittingSamples& samples) {
  const Columns columns = samples.columns(options.columns);
  Affine::Learned learned;
  std::vector<std::size_t> constants;
  for (const Moments& moments : column_moments(samples, columns, nullptr)) {
    const double deviation = std::sqrt(moments.squares / moments.count);
    if (deviation == 0.0) constants.push_back(learned.centers.size());
    learned.centers.push_back(moments.mean);
    learned.slopes.push_back(deviation == 0.0 ? 1.0 : 1.0 / deviation);
  }
  samples.warn_of_constants(columns, constants);
  return make_step<Affine>(StandardTransform::type, columns, std::move(learned));
}

template <>
Step read_step<StandardTransform>(const nlohmann::json& json) {
  return make_step<Affine>(Affine::from_json(StandardTransform::type, json));
}

}  // namespace tusk::transforms
