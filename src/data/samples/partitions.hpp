// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

#include "data/datasets/dataset.hpp"
#include "data/datasets/split.hpp"
#include "data/samples/label_format.hpp"
#include "data/samples/load_samples.hpp"
#include "data/transforms/transforms.hpp"

namespace tusk::samples {

// The training rows in contiguous partitions, read when they are wanted, or streamed if they exceed
// the memory limit.
class Partitions {
 public:
  Partitions(datasets::Dataset dataset, datasets::Split split, std::size_t count,
             LabelFormats formats, transforms::ArrayTransforms transforms,
             std::uint64_t memory_limit)
      : dataset_(std::move(dataset)),
        split_(std::move(split)),
        count_(count),
        formats_(std::move(formats)),
        transforms_(std::move(transforms)),
        memory_limit_(memory_limit) {}

  std::size_t count() const { return count_; }

  // Throws what load_samples throws.
  std::unique_ptr<SampleSource> read(std::size_t partition) const {
    const datasets::Rows rows = split_.shard_rows(partition, count_, dataset_.path());
    return load_samples(dataset_, rows, formats_, transforms_, memory_limit_);
  }

 private:
  datasets::Dataset dataset_;
  datasets::Split split_;
  std::size_t count_;
  LabelFormats formats_;
  transforms::ArrayTransforms transforms_;
  std::uint64_t memory_limit_;
};

}  // namespace tusk::samples
