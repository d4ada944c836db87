// SPDX-License-Identifier: Apache-2.0
#include "data/transforms/fit_transforms.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <optional>
#include <variant>

#include "core/near_miss.hpp"
#include "data/transforms/fitting_samples.hpp"
#include "data/transforms/positive_label.hpp"
#include "data/transforms/transform_kinds.hpp"
#include "data/transforms/user_transform.hpp"
#include "mpi/collectively.hpp"
#include "tusk/error.hpp"

namespace tusk::transforms {

Transforms fit_transforms(const std::vector<TransformOptions>& options,
                          const datasets::Dataset& data, const datasets::Rows& rows,
                          const mpi::Communicator& communicator, const std::string& key) {
  FittingSamples samples(data, rows, communicator, key);
  std::vector<Step> steps;
  std::optional<double> positive_label;
  for (std::size_t i = 0; i < options.size(); ++i) {
    const auto learn = [&]<typename Kind>(const Kind& kind) {
      samples.expect(type_of(options[i]), i);
      if constexpr (std::is_same_v<Kind, BinaryLabelTransform>) {
        samples.agree([&] {
          if (positive_label) samples.reject("type", "one binary_label is enough");
          if (data.labels_count() != 1) {
            samples.reject("type", "it takes data of one label, but these have several");
          }
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

namespace {

// Each list is of an input, or an output: `role`.
void check_owners(const TransformLists& lists, const std::vector<std::string>& owners,
                  const char* key, const char* role) {
  for (const InputTransforms& each : lists.by_input) {
    if (std::ranges::find(owners, each.input) != owners.end()) continue;
    fail(ExitCode::bad_experiment, "data.{}: the model has no {} '{}'; it has {}{}", key, role,
         each.input, fmt::join(owners, ", "), did_you_mean(each.input, owners));
  }
}

}  // namespace

ArrayTransforms fit_by_input(const TransformLists& lists, const std::vector<std::string>& inputs,
                             const datasets::Dataset& data, const datasets::Rows& rows,
                             const mpi::Communicator& communicator) {
  mpi::collectively(communicator, [&] {
    check_owners(lists, inputs, "transforms", "input");
    for (const InputTransforms& each : lists.by_input) {
      for (const TransformOptions& step : each.steps) {
        if (!std::holds_alternative<BinaryLabelTransform>(step)) continue;
        fail(ExitCode::bad_experiment,
             "data.transforms.{}: binary_label is of labels, not of an input; with transforms by "
             "input, let the labels be 0 and 1 in the data",
             each.input);
      }
    }
  });
  std::vector<Transforms> all(inputs.size());
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    for (const InputTransforms& each : lists.by_input) {
      if (each.input != inputs[i]) continue;
      all[i] = fit_transforms(each.steps, data.of_input(i), rows, communicator,
                              "data.transforms." + each.input);
    }
  }
  return all;
}

std::vector<Transforms> fit_labels(const TransformLists& lists,
                                   const std::vector<std::string>& outputs,
                                   const datasets::Dataset& data, const datasets::Rows& rows,
                                   const mpi::Communicator& communicator) {
  mpi::collectively(communicator, [&] {
    check_owners(lists, outputs, "label_transforms", "output");
    if (lists.empty() ? data.labels_count() == outputs.size() : data.labels_count() == 1) return;
    fail(ExitCode::bad_experiment,
         "data.label_transforms is a {}, but data.label names {} data set{}: {}",
         lists.empty() ? "table by output" : "list", data.labels_count(),
         data.labels_count() == 1 ? "" : "s",
         lists.empty() ? "give a list" : "give a list for each output by its name");
  });
  std::vector<Transforms> all(data.labels_count());
  const auto learn = [&](std::size_t label, const std::vector<TransformOptions>& steps,
                         const std::string& key) {
    const datasets::Dataset labels = data.labels_as_features(label);
    all[label] = fit_transforms(steps, labels, rows, communicator, key);
    mpi::collectively(communicator, [&] {
      if (!all[label].positive_label() && all[label].can_undo(labels.features().row_elements())) {
        return;
      }
      fail(ExitCode::bad_experiment,
           "{}: what is done to labels has to be undone in predictions, which standard, minmax, "
           "scale (by another factor than 0) and log can be",
           key);
    });
  };
  if (!lists.empty()) learn(0, lists, "data.label_transforms");
  for (const InputTransforms& each : lists.by_input) {
    const auto output = std::ranges::find(outputs, each.input) - outputs.begin();
    learn(static_cast<std::size_t>(output), each.steps, "data.label_transforms." + each.input);
  }
  return all;
}

}  // namespace tusk::transforms
