// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "tusk/core/matrix.hpp"
#include "tusk/core/targets.hpp"
#include "tusk/data/batches.hpp"
#include "tusk/data/dataset.hpp"
#include "tusk/data/label_format.hpp"
#include "tusk/data/split.hpp"
#include "tusk/nn/score.hpp"
#include "tusk/training/combined_outputs.hpp"

namespace tusk::training {

// What a model or ensemble makes of one batch; views, valid until the next one.
struct Answer {
  std::uint64_t first_row = 0;  // in the file; the others follow
  ConstMatrix outputs;          // (outputs, batch)
  Targets targets;              // with labels
  nn::BatchScore score;         // with labels
};

// The answers of a model or ensemble to rows of a data set, batch after batch in the file's order.
// Memory does not grow with the data: a block of some 8 MB (RowStream) and a batch a member.
class Answers {
 public:
  static constexpr std::size_t batch_rows = 256;  // at which products are about as fast as they get

  // Without a format, labels are not read. The data set and what the views show must outlive the
  // object. Error(bad_data) if a member does not take the data set's samples.
  Answers(std::vector<ModelView> members, Combine combine, const data::Dataset& dataset,
          data::Block rows, const data::LabelFormat* format);

  // Nothing at the end. Error(bad_data) for rows that are not what they should be.
  std::optional<Answer> next();

 private:
  bool labelled_;
  CombinedOutputs outputs_;
  std::vector<data::Batches> batches_;  // a member each
  std::vector<ConstMatrix> features_;
  std::uint64_t next_row_;
};

// Error(bad_data) unless the model takes the samples of the data set. `name` is the model's.
void check_samples(const ModelView& member, const std::string& name, const data::Dataset& dataset);

}  // namespace tusk::training
