// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "tusk/core/aligned_vector.hpp"
#include "tusk/core/matrix.hpp"
#include "tusk/core/shape.hpp"
#include "tusk/data/dataset.hpp"
#include "tusk/data/label_format.hpp"
#include "tusk/data/split.hpp"
#include "tusk/data/transforms.hpp"
#include "tusk/io/element_type.hpp"

namespace tusk::data {

// Samples in memory: features as the file has them (uint8 stays uint8), labels as class indices or
// values, and the transforms that belong to them. Immutable; copies and parts share the memory.
class Shard {
 public:
  // No samples: what a rank holds that does not train.
  Shard() = default;

  // Reads `rows` (ascending, repetitions allowed) of the data set, in blocks of some megabytes, and
  // drops the others. Without a format, labels are not read. Checks every number: Error(bad_data)
  // that names file, data set, row and value for features that are not finite once they are
  // transformed, and labels outside the format's range. Collective if the data set was opened with
  // a communicator. An error may be this rank's own: call it within mpi::collectively.
  static Shard read(const Dataset& dataset, const std::vector<std::uint64_t>& rows,
                    const LabelFormat* format, Transforms transforms);

  // `size` samples of zeros, with labels that are values (1, size), also zeros: for what depends on
  // numbers of samples alone.
  static Shard zeros(std::size_t size, Shape sample_shape);

  // The samples at these positions, from 0.
  Shard part(Block positions) const;

  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  const Shape& sample_shape() const { return sample_shape_; }  // as the model sees it
  std::size_t bytes() const;                                   // of memory that its samples take

  // Labels: class indices, one a sample, or values (outputs, size), or neither.
  bool has_classes() const;
  std::size_t class_count() const;  // the model's outputs; 0 without classes
  std::span<const std::int32_t> classes() const;
  ConstMatrix values() const;

  // Sample `index` as the model sees it: converted and transformed.
  void copy_sample(std::size_t index, Span out) const;

 private:
  // What was read, all rows of it.
  struct Content {
    io::ElementType type = io::ElementType::f32;
    std::size_t stored_width = 0;  // numbers a sample before the transforms
    std::size_t sample_bytes = 0;
    AlignedVector<std::byte> features;
    std::optional<LabelFormat> format;
    std::vector<std::int32_t> classes;
    AlignedVector<Real> values;
    Transforms transforms;
  };
  static void read_labels(const Dataset& dataset, const std::vector<std::uint64_t>& rows,
                          const LabelFormat& format, Content& content);

  std::shared_ptr<const Content> content_;
  Shape sample_shape_;
  std::size_t first_ = 0;
  std::size_t size_ = 0;
};

}  // namespace tusk::data
