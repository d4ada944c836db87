// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "data/datasets/rows.hpp"

namespace tusk::datasets {

// Cuts 0 … count−1 into `parts` contiguous blocks whose sizes differ by at most one, and returns
// block `part`.
Block block_of(std::uint64_t count, std::size_t part, std::size_t parts);

// Which rows of a data set train and which validate.
class Split {
 public:
  // Every row trains.
  explicit Split(std::uint64_t rows) : training_(Rows::all(rows)) {}

  // A sample of round(fraction · rows) rows validates, but at least one row and not all of them:
  // Error(bad_data) otherwise. It depends on the seed alone, so every rank finds the same, however
  // many there are.
  Split(std::uint64_t rows, double fraction, std::uint64_t seed);

  // These rows validate, in ascending order and each once, at least one and not all of `rows`.
  Split(std::uint64_t rows, Rows::List validation);

  std::uint64_t training_count() const { return training_.size(); }
  std::uint64_t validation_count() const { return validation_.size(); }

  // The rows that train, or validate, at these positions among them.
  Rows training_rows(Block positions) const { return training_.part(positions); }
  Rows validation_rows(Block positions) const { return validation_.part(positions); }

  // The training rows of worker `worker` of `workers`: a contiguous block.
  // Error(bad_data), which names the file, if there are more workers than rows.
  Rows shard_rows(std::size_t worker, std::size_t workers, const std::string& path) const;

 private:
  Rows training_;
  Rows validation_;
};

}  // namespace tusk::datasets
