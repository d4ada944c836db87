// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "tusk/core/aligned_vector.hpp"
#include "tusk/core/matrix.hpp"
#include "tusk/core/shape.hpp"
#include "tusk/data/dataset.hpp"
#include "tusk/data/label_format.hpp"
#include "tusk/data/transforms.hpp"
#include "tusk/io/element_type.hpp"

namespace tusk::mpi {
class Communicator;
}

namespace tusk::data {

// Samples in memory: features as the file has them (uint8 stays uint8), labels as class indices or
// values, and the transforms that belong to them. Immutable.
class Shard {
 public:
  // No samples: what a rank holds that does not train.
  Shard() = default;

  // Reads `rows` (ascending) of the data set, in blocks of some megabytes, and drops the others.
  // Without a format, labels are not read. Checks every number: Error(bad_data) that names file,
  // data set, row and value for features that are not finite and labels outside the format's range.
  // Collective if the data set was opened with a communicator; an error is then this rank's own,
  // and to be called within mpi::collectively in either case.
  static Shard read(const Dataset& dataset, const std::vector<std::uint64_t>& rows,
                    const LabelFormat* format, Transforms transforms);

  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  const Shape& sample_shape() const { return sample_shape_; }
  std::size_t bytes() const;  // of memory

  bool has_classes() const { return !classes_.empty(); }
  std::span<const std::int32_t> classes() const { return classes_; }  // one a sample, or none
  ConstMatrix values() const;                                         // (outputs, size), or none

  // Sample `index` as the model sees it: converted and transformed.
  void copy_sample(std::size_t index, Span out) const;

 private:
  std::size_t size_ = 0;
  Shape sample_shape_;
  io::ElementType type_ = io::ElementType::f32;
  AlignedVector<std::byte> features_;
  std::vector<std::int32_t> classes_;
  AlignedVector<Real> values_;
  std::size_t value_width_ = 0;
  Transforms transforms_;
};

// Collective. Warns if the classes of some shard are distributed very differently from those of all
// shards together (total variation over 0.2): asynchronous training then suffers, and shuffling the
// rows of the file is the remedy. Ranks without samples take no part in the comparison.
void warn_of_uneven_shards(const Shard& shard, const mpi::Communicator& communicator);

}  // namespace tusk::data
