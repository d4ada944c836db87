// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/score.hpp"
#include "data/datasets/dataset.hpp"
#include "data/datasets/rows.hpp"
#include "data/samples/batches.hpp"
#include "data/samples/label_format.hpp"
#include "tusk/aligned_vector.hpp"
#include "tusk/matrix.hpp"
#include "tusk/targets.hpp"
#include "use/evaluation/combined_outputs.hpp"

namespace tusk::evaluation {

// What a model or ensemble makes of one batch; views, valid until the next one.
struct Answer {
  std::uint64_t first_row = 0;           // in the file; the others follow
  std::span<const ConstMatrix> outputs;  // each (outputs, batch)
  std::span<const Targets> targets;      // with labels: of each output, or one for all; numbers as
                                         // in the file, before their transforms
  BatchScore score;                      // with labels; CombinedOutputs::evaluate says of what

  std::size_t rows() const { return outputs.front().cols(); }
  const Targets& targets_of(std::size_t output) const {
    return targets.size() == 1 ? targets.front() : targets[output];
  }
};

// The answers of a model or ensemble to rows of a data set, batch after batch in the file's order.
// Memory does not grow with the data: a block of some 8 MB (RowStream) and a batch a member.
class Answers {
 public:
  static constexpr std::size_t batch_rows = 256;  // at which products are about as fast as they get

  // Without formats, labels are not read. The data set and what the views show must outlive the
  // object. Error(bad_data) if a member does not take the data set's samples.
  Answers(std::vector<ModelView> members, Combine combine, const datasets::Dataset& dataset,
          datasets::Block rows, const samples::LabelFormats& formats);

  // Nothing at the end. Error(bad_data) for rows that are not what they should be.
  std::optional<Answer> next();

 private:
  std::span<const Targets> as_in_file(std::span<const Targets> targets);

  bool labelled_;
  CombinedOutputs outputs_;
  std::vector<samples::Batches> batches_;  // a member each
  std::vector<CombinedOutputs::Inputs> inputs_;
  std::vector<AlignedVector<Real>> values_;  // of targets, an array of labels each
  std::vector<Targets> targets_;
  std::uint64_t next_row_;
};

// What the (arrays of) labels of a data set mean to a model. Error(bad_data) if they do not fit it.
samples::LabelFormats label_formats(const ModelView& member, const datasets::Dataset& dataset);

// Error(bad_data) unless the model takes the samples of the data set. `name` is the model's.
void check_samples(const ModelView& member, const std::string& name,
                   const datasets::Dataset& dataset);

}  // namespace tusk::evaluation
