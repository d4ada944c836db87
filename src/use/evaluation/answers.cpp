// SPDX-License-Identifier: Apache-2.0
#include "use/evaluation/answers.hpp"

#include <fmt/format.h>

#include <memory>

#include "data/samples/row_stream.hpp"
#include "tusk/error.hpp"

namespace tusk::evaluation {

Answers::Answers(std::vector<ModelView> members, Combine combine, const datasets::Dataset& dataset,
                 datasets::Block rows, const samples::LabelFormats& formats)
    : labelled_(!formats.empty()), outputs_(members, combine, batch_rows), next_row_(rows.begin) {
  for (const ModelView& member : outputs_.members()) {
    check_samples(member, "the model", dataset);
    const bool labels = labelled_ && batches_.empty();  // the first member's, read once
    batches_.emplace_back(
        std::make_unique<samples::RowStream>(
            dataset, rows, labels ? formats : samples::LabelFormats(), *member.transforms),
        outputs_.max_batch());
    batches_.back().start_epoch(1);
  }
}

std::optional<Answer> Answers::next() {
  Answer answer{.first_row = next_row_};
  std::span<const Targets> targets;
  inputs_.clear();
  for (samples::Batches& batches : batches_) {
    const auto batch = batches.next();
    if (!batch) return std::nullopt;
    if (inputs_.empty()) targets = batch->labels;
    inputs_.push_back(batch->inputs);
  }
  next_row_ += inputs_.front().front().cols();
  if (labelled_) {
    answer.targets = as_in_file(targets);
    answer.outputs = outputs_.evaluate(inputs_, outputs_.scores_undone() ? answer.targets : targets,
                                       answer.score);
  } else {
    answer.outputs = outputs_.predict(inputs_);
  }
  return answer;
}

std::span<const Targets> Answers::as_in_file(std::span<const Targets> targets) {
  targets_.assign(targets.begin(), targets.end());
  values_.resize(targets.size());
  for (std::size_t i = 0; i < targets.size(); ++i) {
    const transforms::Transforms* its = outputs_.label_transforms(i);
    if (its == nullptr) continue;
    const ConstMatrix learned = targets[i].values;
    values_[i].assign(learned.flat().begin(), learned.flat().end());
    const Matrix values(values_[i].data(), learned.rows(), learned.cols());
    for (std::size_t sample = 0; sample < values.cols(); ++sample) its->undo(values.col(sample));
    targets_[i].values = values;
  }
  return targets_;
}

samples::LabelFormats label_formats(const ModelView& member, const datasets::Dataset& dataset) {
  const std::vector<graph::ModelOutput>& outputs = member.model->outputs();
  if (const std::size_t lists = member.transforms->front().label_lists();
      lists > 1 && lists != dataset.labels_count()) {
    fail(ExitCode::bad_data, "{}: {} data set{} of labels, but the model transforms those of {}",
         dataset.path(), dataset.labels_count(), dataset.labels_count() == 1 ? "" : "s", lists);
  }
  if (dataset.labels_count() == 1) {
    return std::vector{samples::label_format(
        dataset, member.model->labels(), member.model->output_size(), member.transforms->front())};
  }
  if (dataset.labels_count() != outputs.size()) {
    fail(ExitCode::bad_data, "{}: {} data sets of labels for a model of {} output{}",
         dataset.path(), dataset.labels_count(), outputs.size(), outputs.size() == 1 ? "" : "s");
  }
  samples::LabelFormats formats;
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    formats.push_back(samples::label_format(dataset.of_label(i), outputs[i].loss->labels(),
                                            outputs[i].shape.elements(), member.transforms->front(),
                                            fmt::format("output '{}'", outputs[i].name), i));
  }
  return formats;
}

void check_samples(const ModelView& member, const std::string& name,
                   const datasets::Dataset& dataset) {
  const std::vector<graph::ModelInput>& inputs = member.model->inputs();
  if (dataset.inputs() != inputs.size()) {
    fail(ExitCode::bad_data, "{}: {} data set{} of features for {}, which has {} input{}",
         dataset.path(), dataset.inputs(), dataset.inputs() == 1 ? "" : "s", name, inputs.size(),
         inputs.size() == 1 ? "" : "s");
  }
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const transforms::Transforms& transforms = (*member.transforms)[i];
    const Shape seen = transforms.output_shape(dataset.sample_shape(i), dataset.path());
    if (seen == inputs[i].shape) continue;
    const char* which = transforms.keep_features() ? "" : ", once they are transformed,";
    fail(ExitCode::bad_data, "{}: samples of '{}'{} are {}, but {} takes {}{}", dataset.path(),
         dataset.features(i).name(), which, seen.to_string(), name, inputs[i].shape.to_string(),
         inputs.size() == 1 ? "" : fmt::format(" at its input '{}'", inputs[i].name));
  }
}

}  // namespace tusk::evaluation
