// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "tusk/matrix.hpp"

namespace tusk::samples {

// Where a stream puts samples: a column, or an element, each. Of `classes` and `values` the one
// that the stream has is there, and `weights` if its samples have any; the others are empty.
struct SampleRoom {
  Matrix features;
  std::span<std::int32_t> classes;
  Matrix values;
  std::span<double> weights;

  std::size_t size() const { return features.cols(); }

  // The same room without its first samples.
  SampleRoom after(std::size_t count) const {
    const auto rest = [&](Matrix matrix) -> Matrix {
      return matrix.cols() == 0 ? matrix : matrix.last_cols(matrix.cols() - count);
    };
    return {.features = rest(features),
            .classes = classes.empty() ? classes : classes.subspan(count),
            .values = rest(values),
            .weights = weights.empty() ? weights : weights.subspan(count)};
  }
};

// Where mini-batches come from: a finite sequence of samples, epoch after epoch, each sample once
// an epoch. One object a consumer.
class SampleStream {
 public:
  virtual ~SampleStream() = default;

  virtual std::size_t samples() const = 0;      // an epoch
  virtual std::size_t features() const = 0;     // numbers a sample
  virtual bool has_classes() const = 0;         // class indices rather than values
  virtual std::size_t value_width() const = 0;  // numbers a label; 0 without values
  virtual bool has_weights() const = 0;

  virtual void start_epoch(std::uint64_t epoch) = 0;

  // The next samples, as many as there is room for or fewer at the end of the epoch; returns their
  // number.
  virtual std::size_t read(const SampleRoom& room) = 0;

  // Leaves out the epoch's next `count` samples, for a run that goes on in its middle.
  virtual void skip(std::size_t count) = 0;
};

}  // namespace tusk::samples
