// SPDX-License-Identifier: Apache-2.0
#include "use/evaluation/answers.hpp"

#include <memory>

#include "data/samples/row_stream.hpp"
#include "tusk/error.hpp"

namespace tusk::evaluation {

Answers::Answers(std::vector<ModelView> members, Combine combine, const datasets::Dataset& dataset,
                 datasets::Block rows, const samples::LabelFormat* format)
    : labelled_(format != nullptr), outputs_(members, combine, batch_rows), next_row_(rows.begin) {
  for (const ModelView& member : outputs_.members()) {
    check_samples(member, "the model", dataset);
    const bool labels = labelled_ && batches_.empty();  // the first member's, read once
    batches_.emplace_back(std::make_unique<samples::RowStream>(
                              dataset, rows, labels ? format : nullptr, *member.transforms),
                          outputs_.max_batch());
    batches_.back().start_epoch(1);
  }
}

std::optional<Answer> Answers::next() {
  Answer answer{.first_row = next_row_};
  features_.clear();
  for (samples::Batches& batches : batches_) {
    const auto batch = batches.next();
    if (!batch) return std::nullopt;
    if (features_.empty()) answer.targets = batch->targets;
    features_.push_back(batch->features);
  }
  next_row_ += features_.front().cols();
  answer.outputs = labelled_ ? outputs_.evaluate(features_, answer.targets, answer.score)
                             : outputs_.predict(features_);
  return answer;
}

void check_samples(const ModelView& member, const std::string& name,
                   const datasets::Dataset& dataset) {
  const Shape seen = member.transforms->output_shape(dataset.sample_shape(), dataset.path());
  if (seen == member.model->input_shape()) return;
  const char* which = member.transforms->keep_features() ? "" : ", once they are transformed,";
  fail(ExitCode::bad_data, "{}: samples of '{}'{} are {}, but {} takes {}", dataset.path(),
       dataset.features().name(), which, seen.to_string(), name,
       member.model->input_shape().to_string());
}

}  // namespace tusk::evaluation
