// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <vector>

namespace tusk::transforms {

// The training rows as the steps before leave them, for a transform to learn from: in one pass or
// several, by all ranks together. What is learned is a vector of doubles; it is kept in the model
// file, and of it and the experiment's options the transform is made, now and when it is read.
class TrainingRows {
 public:
  virtual ~TrainingRows() = default;

  virtual std::size_t width() const = 0;  // numbers a row

  enum class Accept {
    finite,  // another number in a row is Error(bad_data), which names file, row and column
    gaps,    // NaN, too
  };
  using State = std::span<double>;
  using Add = std::function<void(std::span<const double> row, State state)>;
  using Merge = std::function<void(State state, std::span<const double> other)>;

  // Collective, with the same result on every rank: one pass over all rows, of which each rank
  // reads a part. They come in blocks. For each block, a state of `count` zeros is given to add()
  // with each of its rows; then merge() puts the other blocks' states into the first one's, in the
  // order of the blocks. Blocks do not depend on the number of ranks, so the result is the same to
  // the bit for any. Some blocks may have no rows. Takes 16 to 256 states of memory.
  virtual std::vector<double> reduce(Accept accept, std::size_t count, const Add& add,
                                     const Merge& merge) const = 0;
};

}  // namespace tusk::transforms
