// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <utility>

#include "tusk/data/dataset.hpp"
#include "tusk/data/label_format.hpp"
#include "tusk/data/shard.hpp"
#include "tusk/data/split.hpp"
#include "tusk/data/transforms.hpp"

namespace tusk::training {

// The training rows in contiguous partitions, read when they are wanted.
class Partitions {
 public:
  Partitions(data::Dataset dataset, data::Split split, std::size_t count, data::LabelFormat format,
             data::Transforms transforms)
      : dataset_(std::move(dataset)),
        split_(std::move(split)),
        count_(count),
        format_(format),
        transforms_(std::move(transforms)) {}

  std::size_t count() const { return count_; }

  // Error(bad_data) as data::Shard::read.
  data::Shard read(std::size_t partition) const {
    const auto rows = split_.shard_rows(partition, count_, dataset_.path());
    return data::Shard::read(dataset_, rows, &format_, transforms_);
  }

 private:
  data::Dataset dataset_;
  data::Split split_;
  std::size_t count_;
  data::LabelFormat format_;
  data::Transforms transforms_;
};

}  // namespace tusk::training
