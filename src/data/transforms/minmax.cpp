// SPDX-License-Identifier: Apache-2.0
#include "data/transforms/affine.hpp"
#include "data/transforms/column_statistics.hpp"
#include "data/transforms/transform_kinds.hpp"

namespace tusk::transforms {

Step fit(const MinmaxTransform& options, const FittingSamples& samples) {
  const Columns columns = samples.columns(options.columns);
  Affine::Learned learned{.centers = {}, .slopes = {}, .base = options.low};
  std::vector<std::size_t> constants;
  for (const Extremes& column : column_extremes(samples, columns)) {
    const double range = column.highest - column.lowest;
    if (range == 0.0) constants.push_back(learned.centers.size());
    learned.centers.push_back(column.lowest);
    learned.slopes.push_back((options.high - options.low) / (range == 0.0 ? 1.0 : range));
  }
  samples.warn_of_constants(columns, constants);
  return make_step<Affine>(MinmaxTransform::type, columns, std::move(learned));
}

template <>
Step read_step<MinmaxTransform>(const nlohmann::json& json) {
  return make_step<Affine>(Affine::from_json(MinmaxTransform::type, json));
}

}  // namespace tusk::transforms
