// SPDX-License-Identifier: Apache-2.0
#include "tusk/training/answers.hpp"

#include <memory>
#include <utility>

#include "tusk/core/error.hpp"
#include "tusk/data/row_stream.hpp"

namespace tusk::training {

Answers::Answers(std::vector<ModelView> members, Combine combine, const data::Dataset& dataset,
                 data::Block rows, const data::LabelFormat* format)
    : labelled_(format != nullptr), outputs_(members, combine, batch_rows), next_row_(rows.begin) {
  for (const ModelView& member : outputs_.members()) {
    check_samples(member, "the model", dataset);
    const bool labels = labelled_ && batches_.empty();  // the first member's, read once
    batches_.emplace_back(std::make_unique<data::RowStream>(
                              dataset, rows, labels ? format : nullptr, *member.transforms),
                          outputs_.max_batch());
    batches_.back().start_epoch(1);
  }
}

std::optional<Answer> Answers::next() {
  Answer answer{.first_row = next_row_};
  features_.clear();
  for (data::Batches& batches : batches_) {
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

void check_samples(const ModelView& member, const std::string& name, const data::Dataset& dataset) {
  const Shape seen = member.transforms->output_shape(dataset.sample_shape(), dataset.path());
  if (seen == member.model->input_shape()) return;
  const char* which = member.transforms->keep_features() ? "" : ", once they are transformed,";
  fail(ExitCode::bad_data, "{}: samples of '{}'{} are {}, but {} takes {}", dataset.path(),
       dataset.features().name(), which, seen.to_string(), name,
       member.model->input_shape().to_string());
}

}  // namespace tusk::training
