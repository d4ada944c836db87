// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace tusk::data {

// Positions [begin, end).
struct Block {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;

  std::uint64_t size() const { return end - begin; }
  friend bool operator==(const Block&, const Block&) = default;
};

// Part `part` of 0 … count−1 cut into `parts` contiguous blocks whose sizes differ by at most one.
Block block_of(std::uint64_t count, std::size_t part, std::size_t parts);

// Which rows of a data set train and which validate.
class Split {
 public:
  // Every row trains.
  explicit Split(std::uint64_t rows) : rows_(rows) {}

  // A sample of round(fraction · rows) rows validates, but at least one row and not all of them:
  // Error(bad_data) otherwise. It depends on the seed alone, so every rank finds the same, however
  // many there are.
  Split(std::uint64_t rows, double fraction, std::uint64_t seed);

  std::uint64_t training_count() const { return rows_ - validation_.size(); }
  std::uint64_t validation_count() const { return validation_.size(); }

  // The numbers, ascending, of the rows that train, or validate, at these positions among them.
  std::vector<std::uint64_t> training_rows(Block positions) const;
  std::vector<std::uint64_t> validation_rows(Block positions) const;

  // The training rows of worker `worker` of `workers`: a contiguous block.
  // Error(bad_data), which names the file, if there are more workers than rows.
  std::vector<std::uint64_t> shard_rows(std::size_t worker, std::size_t workers,
                                        const std::string& path) const;

 private:
  std::uint64_t rows_;
  std::vector<std::uint64_t> validation_;  // ascending
};

}  // namespace tusk::data
