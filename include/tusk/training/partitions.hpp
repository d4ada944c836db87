// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

#include "tusk/data/dataset.hpp"
#include "tusk/data/label_format.hpp"
#include "tusk/data/load_samples.hpp"
#include "tusk/data/split.hpp"
#include "tusk/data/transforms.hpp"

namespace tusk::training {

// The training rows in contiguous partitions, read when they are wanted, or streamed if they exceed
// the memory limit.
class Partitions {
 public:
  Partitions(data::Dataset dataset, data::Split split, std::size_t count, data::LabelFormat format,
             data::Transforms transforms, std::uint64_t memory_limit)
      : dataset_(std::move(dataset)),
        split_(std::move(split)),
        count_(count),
        format_(format),
        transforms_(std::move(transforms)),
        memory_limit_(memory_limit) {}

  std::size_t count() const { return count_; }

  // Errors as data::load_samples.
  std::unique_ptr<data::SampleSource> read(std::size_t partition) const {
    const data::Rows rows = split_.shard_rows(partition, count_, dataset_.path());
    return data::load_samples(dataset_, rows, &format_, transforms_, memory_limit_);
  }

 private:
  data::Dataset dataset_;
  data::Split split_;
  std::size_t count_;
  data::LabelFormat format_;
  data::Transforms transforms_;
  std::uint64_t memory_limit_;
};

}  // namespace tusk::training
