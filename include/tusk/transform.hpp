// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "tusk/shape.hpp"

namespace tusk::transforms {

// One step between a sample as it is stored and as the model sees it, with everything it needs,
// also what it has learned from the training rows (see training_rows.hpp). Whoever writes one
// derives from this class; it is called for every sample that is trained, evaluated or predicted.
// Immutable: threads share it.
//
// Steps compute in double precision, and see numbers with all the digits that the training file's
// type has. Where Real, in which samples are kept, holds that type, what a step leaves is rounded
// to Real before the next one sees it; where it does not (float64, integers of 32 and 64 bits),
// only what the last one leaves is.
class Transform {
 public:
  virtual ~Transform() = default;

  // The shape that samples of this shape get; never with fewer numbers. Error(bad_data), without
  // the step's name, if it cannot take them.
  virtual Shape output_shape(const Shape& input) const { return input; }

  // The names of the columns that it makes of columns with these names; empty: they have none.
  virtual std::vector<std::string> column_names(std::vector<std::string> input) const {
    return input;
  }

  // One sample, in place: the first `width` numbers of the buffer. Returns the new width, for which
  // the buffer has room. Numbers that it cannot transform become NaN, and so does a NaN that it
  // does not take. Allocates nothing.
  virtual std::size_t apply(std::span<double> buffer, std::size_t width) const = 0;

  // What undoes it, for numbers that apply() leaves, in place; predictions of transformed labels
  // need it. Returns false if there is no way back, whatever the numbers.
  virtual bool undo(std::span<double> /*sample*/) const { return false; }

  // What numbers it takes, to complete "it takes …" in messages.
  virtual std::string takes() const { return "finite numbers"; }

  // What it does, for people, on one line.
  virtual std::string summary() const = 0;
};

}  // namespace tusk::transforms
