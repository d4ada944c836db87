// SPDX-License-Identifier: Apache-2.0
#include "data/samples/label_format.hpp"

#include "tusk/error.hpp"

namespace tusk::samples {

LabelFormat label_format(const datasets::Dataset& dataset, LabelKind kind, std::size_t outputs,
                         const transforms::Transforms& transforms, const std::string& owner,
                         std::size_t label) {
  const datasets::JoinedDataset& labels = dataset.labels();
  const std::size_t width = labels.row_elements();
  const transforms::Transforms* its = transforms.of_label(label);
  if (its != nullptr && (kind != LabelKind::values || transforms.positive_label())) {
    fail(ExitCode::bad_experiment,
         "data.label_transforms are for labels that are numbers, as of loss 'mse', but {} is "
         "trained "
         "on classes or probabilities",
         owner);
  }
  if (transforms.positive_label() && width != 1) {
    fail(ExitCode::bad_data,
         "{}: data set '{}' has {} numbers a row, but transform 'binary_label' takes one",
         labels.path(), labels.name(), width);
  }
  if (kind == LabelKind::classes && width == 1) {
    return {.kind = LabelFormat::Kind::classes,
            .width = outputs,
            .positive = transforms.positive_label()};
  }
  if (width != outputs) {
    fail(ExitCode::bad_data, "{}: data set '{}' has {} numbers a row, but {} has {} outputs",
         labels.path(), labels.name(), width, owner, outputs);
  }
  LabelFormat format{
      .kind = LabelFormat::Kind::values, .width = outputs, .positive = transforms.positive_label()};
  if (its != nullptr) format.transforms = *its;
  if (kind != LabelKind::values) {
    format.low = 0.0;
    format.high = 1.0;
  }
  return format;
}

}  // namespace tusk::samples
