// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "tusk/matrix.hpp"

namespace tusk::samples {

// What the samples of a stream are: of each array of features the numbers, of each array of labels
// what they are.
struct SampleForm {
  struct Labels {
    bool classes = false;         // class indices rather than values
    std::size_t width = 0;        // numbers a label; 0 without values
    std::size_t class_count = 0;  // so many classes, of indices
    bool weighted = false;        // whether samples have weights
  };
  std::vector<std::size_t> inputs;
  std::vector<Labels> labels;  // none: they are not read
};

// Where a stream puts samples: of each array a column, or an element, a sample. Of `classes` and
// `values` the one that the stream has is there, and `weights` if its samples have any; the others
// are empty.
struct LabelRoom {
  std::span<std::int32_t> classes;
  Matrix values;
  std::span<double> weights;
};
// Where a sample comes from: its row in the file, or files, the epoch of which it is, an epoch of
// one pass where each sample is repeated, and its position among the samples of its source.
struct Origin {
  std::uint64_t row = 0;
  std::uint64_t epoch = 0;
  std::uint64_t position = 0;
};
struct SampleRoom {
  std::span<const Matrix> inputs;
  std::span<const LabelRoom> labels;
  std::span<Origin> origins{};  // one a column; empty: not asked for
  std::size_t first = 0;        // the columns from here on are free
  std::size_t size = 0;         // so many

  // The same room without its first samples.
  SampleRoom after(std::size_t count) const {
    return {.inputs = inputs,
            .labels = labels,
            .origins = origins,
            .first = first + count,
            .size = size - count};
  }

  void set_origin(std::size_t index, const Origin& origin) const {
    if (!origins.empty()) origins[first + index] = origin;
  }
};

// Where mini-batches come from: a finite sequence of samples, epoch after epoch, each sample once
// an epoch. One object a consumer.
class SampleStream {
 public:
  virtual ~SampleStream() = default;

  virtual std::size_t samples() const = 0;  // an epoch
  virtual const SampleForm& form() const = 0;

  virtual void start_epoch(std::uint64_t epoch) = 0;

  // The next samples, as many as there is room for or fewer at the end of the epoch; returns their
  // number.
  virtual std::size_t read(const SampleRoom& room) = 0;

  // Leaves out the epoch's next `count` samples, for a run that goes on in its middle.
  virtual void skip(std::size_t count) = 0;
};

}  // namespace tusk::samples
