// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "data/datasets/dataset.hpp"
#include "data/transforms/columns.hpp"
#include "data/transforms/fit_transforms.hpp"
#include "data/transforms/transforms.hpp"
#include "experiment/transform_options.hpp"
#include "tusk/real.hpp"
#include "tusk/shape.hpp"
#include "tusk/training_rows.hpp"

namespace tusk::transforms {

// The training rows as the steps so far leave them, for the next step to learn from, together with
// all ranks.
//
// The rows are cut in blocks whose number depends on nothing but the width of a sample, and each
// rank visits some of the blocks. What is computed for a block and then put together in the order
// of the blocks is thus the same for any number of ranks.
//
// A function that takes part in an agreement throws mpi::CollectiveError on every rank.
class FittingSamples final : public TrainingRows {
 public:
  // `key`: of the list of steps in the experiment.
  FittingSamples(datasets::Dataset data, const datasets::Rows& rows,
                 const mpi::Communicator& communicator, std::string key = "data.transforms");

  // The step that learns next: its name and index among the experiment's transforms.
  void expect(std::string_view type, std::size_t index);
  // Collective. What that step has become, once it has learned: the next one sees what it leaves.
  void add(Step step);

  const datasets::Dataset& data() const { return data_; }
  const datasets::Rows& rows() const { return rows_; }

  // Of the type that the training rows have in their file: float64 where Real does not hold it.
  Precision precision() const { return precision_; }
  const mpi::Communicator& communicator() const { return communicator_; }
  std::size_t width() const override { return shape_.elements(); }

  // Collective: the columns' numbers, when they are given by number or name. Error(bad_experiment)
  // for one that is not there.
  Columns columns(const ColumnList& list) const;
  std::size_t column(const NumberOrName& column, const char* key) const;

  // What messages call the i-th of the columns.
  std::string column_name(const Columns& columns, std::size_t i) const;

  // Warns that some of the columns, by their place among them, have the same number in every
  // training row; nothing if there are none.
  void warn_of_constants(const Columns& columns, std::span<const std::size_t> constants) const;

  // Error(bad_experiment) about the expected step's key.
  [[noreturn]] void reject(std::string_view key, std::string_view what) const;

  // Collective: `work` on every rank, and an error of one rank is everyone's.
  void agree(const std::function<void()>& work) const;

  using Take = std::function<void(std::size_t block, std::span<const double> sample)>;

  std::size_t blocks() const;

  // Collective: one pass over this rank's blocks, sample by sample. Only these columns of them are
  // looked at.
  void visit(const Columns& columns, Accept accept, const Take& take) const;

  // One such pass over all columns, for transforms that know TrainingRows alone.
  std::vector<double> reduce(Accept accept, std::size_t count, const Add& add,
                             const Merge& merge) const override;

 private:
  void visit_block(std::size_t block, const Columns& columns, Accept accept,
                   const Take& take) const;
  std::size_t resolve(const NumberOrName& column, std::string_view key) const;

  datasets::Dataset data_;
  datasets::Rows rows_;
  const mpi::Communicator& communicator_;
  Precision precision_;
  std::vector<Step> steps_;
  Transforms so_far_;
  Shape shape_;                     // of a sample as the steps so far leave it
  std::vector<std::string> names_;  // of its columns; empty: they have none
  std::string list_;                // "data.transforms"
  std::string key_;                 // "data.transforms.0"
  std::string type_;
};

}  // namespace tusk::transforms
