// SPDX-License-Identifier: Apache-2.0
#include "tusk/data/fit_transforms.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <variant>

#include "fitting_samples.hpp"
#include "transform_kinds.hpp"
#include "tusk/core/near_miss.hpp"
#include "tusk/io/attributes.hpp"
#include "tusk/io/file.hpp"

namespace tusk::data {
namespace {

// The index of the positive class, which may be given by its name. Collective.
double find_positive(const BinaryLabelTransform& options, const FittingSamples& samples) {
  double positive = 0.0;
  samples.agree([&] {
    const JoinedDataset& labels = samples.data().labels();
    const io::File file = io::File::open(labels.path());
    const auto names =
        io::read_texts(file, labels.name(), "class_names").value_or(std::vector<std::string>{});
    if (const auto* number = std::get_if<std::uint64_t>(&options.positive)) {
      if (!names.empty() && *number >= names.size()) {
        samples.reject("positive",
                       fmt::format("there is no class {}: the classes of {} are 0 to {}", *number,
                                   labels.path(), names.size() - 1));
      }
      positive = static_cast<double>(*number);
      return;
    }
    const auto& name = std::get<std::string>(options.positive);
    const auto found = std::ranges::find(names, name);
    if (found == names.end()) {
      samples.reject("positive", fmt::format("{} has no class '{}'{}", labels.path(), name,
                                             did_you_mean(name, names)));
    }
    positive = static_cast<double>(found - names.begin());
  });
  return positive;
}

}  // namespace

Transforms fit_transforms(const std::vector<TransformOptions>& options, const Dataset& data,
                          const Rows& rows, const mpi::Communicator& communicator) {
  FittingSamples samples(data, rows, communicator);
  std::vector<Step> steps;
  std::optional<double> positive_label;
  for (std::size_t i = 0; i < options.size(); ++i) {
    const auto learn = [&]<typename Kind>(const Kind& kind) {
      samples.expect(Kind::type, i);
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
  return {std::move(steps), positive_label};
}

}  // namespace tusk::data
