// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "data/datasets/dataset.hpp"
#include "data/datasets/rows.hpp"
#include "data/samples/label_format.hpp"
#include "data/samples/sample_source.hpp"
#include "data/samples/sample_stream.hpp"
#include "data/transforms/transforms.hpp"
#include "tusk/matrix.hpp"
#include "tusk/shape.hpp"

namespace tusk::samples {

class SampleStore;
struct SampleLayout;

// Samples in memory: features as the file has them (uint8 stays uint8), labels as class indices or
// values, and the transforms that belong to them. Immutable; copies and parts share the memory.
class Shard final : public SampleSource {
 public:
  // No samples: what a rank holds that does not train.
  Shard() = default;

  // Reads `rows` of the data set, in blocks of some megabytes, and drops the others. Without
  // formats, labels are not read. Checks every number: Error(bad_data) that names file, data set,
  // row and value for features that are not finite once they are transformed, and labels outside
  // the format's range. Collective if the data set was opened with a communicator. An error may be
  // this rank's own: call it within mpi::collectively.
  static Shard read(const datasets::Dataset& dataset, const datasets::Rows& rows,
                    const LabelFormats& formats, const transforms::ArrayTransforms& transforms);
  static Shard read(const datasets::Dataset& dataset, const datasets::Rows& rows,
                    const SampleLayout& layout);

  // `size` samples of zeros, with labels that are values (1, size), also zeros: for what depends on
  // numbers of samples alone.
  static Shard zeros(std::size_t size, Shape sample_shape);

  // The samples at these positions, from 0.
  Shard part(datasets::Block positions) const;

  std::size_t size() const override { return size_; }
  const SampleForm& form() const override;
  std::vector<std::uint64_t> class_counts() const override;
  std::vector<LabelRange> label_ranges() const override;
  std::unique_ptr<SampleStream> stream(const SampleOrder& options) const override;
  std::unique_ptr<SampleSource> part_of(datasets::Block positions,
                                        std::size_t at_once) const override;

  std::uint64_t row(std::size_t index) const;  // of the file, of sample `index`
  std::size_t bytes() const;                   // of memory that its samples take

  // Of the first arrays: the shape of a sample as the model sees it; labels, class indices, one a
  // sample, or values (outputs, size), or neither; and weights, one a sample, or none.
  const Shape& sample_shape() const { return sample_shape_; }
  bool has_classes() const { return !classes().empty(); }
  std::span<const std::int32_t> classes() const;
  ConstMatrix values() const;
  std::span<const double> weights() const;

  // Sample `index` as the model sees it, converted and transformed: its first array of features
  // alone, or all of them with its labels and weights to place `at` of the room.
  void copy_sample(std::size_t index, Span out) const;
  void copy_to(std::size_t index, const SampleRoom& room, std::size_t at) const;

 private:
  Shard(std::shared_ptr<const SampleStore> store, datasets::Rows rows);

  std::shared_ptr<const SampleStore> store_;  // all rows that were read; may be null
  datasets::Rows rows_;                       // these
  Shape sample_shape_;
  std::size_t first_ = 0;
  std::size_t size_ = 0;
};

}  // namespace tusk::samples
