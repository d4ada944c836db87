// SPDX-License-Identifier: Apache-2.0
#include "data/transforms/fit_transforms.hpp"

#include <optional>
#include <variant>

#include "data/transforms/fitting_samples.hpp"
#include "data/transforms/positive_label.hpp"
#include "data/transforms/transform_kinds.hpp"
#include "data/transforms/user_transform.hpp"

namespace tusk::transforms {
Transforms fit_transforms(const std::vector<TransformOptions>& options,
                          const datasets::Dataset& data, const datasets::Rows& rows,
                          const mpi::Communicator& communicator) {
  FittingSamples samples(data, rows, communicator);
  std::vector<Step> steps;
  std::optional<double> positive_label;
  for (std::size_t i = 0; i < options.size(); ++i) {
    const auto learn = [&]<typename Kind>(const Kind& kind) {
      samples.expect(type_of(options[i]), i);
      if constexpr (std::is_same_v<Kind, BinaryLabelTransform>) {
        samples.agree([&] {
          if (positive_label) samples.reject("type", "one binary_label is enough");
        });
        positive_label = find_positive(kind, samples);
      } else {
        steps.push_back(fit(kind, samples));
        samples.add(steps.back());
      }
    };
    std::visit(learn, options[i]);
  }
  const Precision precision = steps.empty() ? Precision::float32 : samples.precision();
  return {std::move(steps), positive_label, precision};
}

}  // namespace tusk::transforms
