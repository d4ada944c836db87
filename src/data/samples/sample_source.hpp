// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <vector>

#include "data/datasets/rows.hpp"
#include "data/samples/sample_stream.hpp"

namespace tusk::samples {

// The order in which samples are wanted.
struct SampleOrder {
  bool shuffle = true;     // a new order every epoch; otherwise the file's
  std::uint64_t seed = 0;  // the order is a function of (seed, worker, epoch)
  std::uint32_t worker = 0;
  std::uint64_t epochs = 0;  // the last one, so that nothing is read for another; 0: unknown
};

// The least and the greatest of some labels; the other way round where there are none.
struct LabelRange {
  double low = std::numeric_limits<double>::infinity();
  double high = -std::numeric_limits<double>::infinity();

  void add(double label) {
    low = std::min(low, label);
    high = std::max(high, label);
  }
};

// A worker's samples, wherever they are: in memory (Shard) or in their files (StreamedShard).
// Immutable; threads may share it.
class SampleSource {
 public:
  virtual ~SampleSource() = default;

  virtual std::size_t size() const = 0;
  bool empty() const { return size() == 0; }

  virtual const SampleForm& form() const = 0;  // as the model sees the samples

  // How many samples there are of each class, by index, of the first labels that are classes; empty
  // without. May read labels.
  virtual std::vector<std::uint64_t> class_counts() const = 0;

  // Of each array of labels, classes or values. May read labels.
  virtual std::vector<LabelRange> label_ranges() const = 0;

  // The samples, epoch after epoch, for one consumer. The source must outlive it.
  virtual std::unique_ptr<SampleStream> stream(const SampleOrder& options) const = 0;

  // The samples at these positions, from 0; it is one of `at_once` parts that are in use at the
  // same time, and may take that share of the memory.
  virtual std::unique_ptr<SampleSource> part_of(datasets::Block positions,
                                                std::size_t at_once) const = 0;
};

}  // namespace tusk::samples
