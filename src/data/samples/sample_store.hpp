// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "core/element_type.hpp"
#include "data/datasets/dataset.hpp"
#include "data/datasets/rows.hpp"
#include "data/samples/label_format.hpp"
#include "data/samples/large_buffer.hpp"
#include "data/samples/sample_stream.hpp"
#include "data/transforms/transforms.hpp"
#include "tusk/aligned_vector.hpp"
#include "tusk/matrix.hpp"
#include "tusk/shape.hpp"

namespace tusk::samples {

// How the samples of one array of features lie in memory: as the file has them, but floats of any
// size as ours (uint8 stays uint8); and the transforms that make of them what the model sees. Where
// the transforms need all digits of a double, they are applied when it is read: features then lie
// in memory as the model sees them.
struct FeatureLayout {
  ElementType type = ElementType::u8;
  bool transformed = false;      // before they come to memory
  std::size_t stored_width = 0;  // numbers a sample in memory
  Shape sample_shape;            // after the transforms
  transforms::Transforms transforms{};

  std::size_t bytes() const { return stored_width * size_of(type); }  // of a sample
};

// How the samples of a data set lie in memory: each array of features by itself; of each array of
// labels class indices or values, and the weights that samples have for it.
struct SampleLayout {
  // Error(bad_data) if the transforms do not fit the samples. Without formats there are no labels.
  SampleLayout(const datasets::Dataset& dataset, const LabelFormats& formats,
               const transforms::ArrayTransforms& transforms);

  // The layout of samples that are bytes and whose labels are values, one each.
  explicit SampleLayout(Shape bytes);

  std::size_t feature_bytes() const;  // of a sample, all arrays
  std::size_t sample_bytes() const;   // with its labels, its weights, its place in an epoch's order

  // The first array of labels that are classes; none if there is none.
  std::optional<std::size_t> first_classes() const;

  std::vector<FeatureLayout> inputs;
  LabelFormats labels;
  SampleForm form;  // what the model sees
};

// Room for samples. What is in it is not defined before it has been read.
class SampleStore {
 public:
  SampleStore(SampleLayout layout, std::size_t capacity);

  const SampleLayout& layout() const { return layout_; }

  // Reads `rows` of the data set that the layout is for into the places from `at` on, as read_rows
  // does. Labels are checked, and features that are transformed now: Error(bad_data).
  void read(const datasets::Dataset& dataset, const datasets::Rows& rows, std::size_t at);

  void clear();  // to zeros

  // One array's features of `count` samples as they are stored, and of one as the model sees them.
  std::span<const std::byte> stored(std::size_t input, std::size_t at, std::size_t count) const;
  void copy_features(std::size_t input, std::size_t at, Span out) const;

  // A sample as the model sees it, with its labels and weights, to place `index` of the room.
  void copy_to(std::size_t at, const SampleRoom& room, std::size_t index) const;

  // One array's labels of `count` samples from `at` on: class indices, or values (outputs, count).
  // Empty if labels are of the other kind. And the samples' weights for it; empty: none.
  std::span<const std::int32_t> classes(std::size_t label, std::size_t at, std::size_t count) const;
  ConstMatrix values(std::size_t label, std::size_t at, std::size_t count) const;
  std::span<const double> weights(std::size_t label, std::size_t at, std::size_t count) const;

 private:
  // The memory of one array of labels.
  struct LabelMemory {
    std::vector<std::int32_t> classes;
    AlignedVector<Real> values;
    std::vector<double> weights;
  };

  void read_transformed(const datasets::Dataset& dataset, const datasets::Rows& rows,
                        std::size_t input, std::size_t at);
  void read_labels(const datasets::Dataset& dataset, const datasets::Rows& rows, std::size_t label,
                   std::size_t at);
  void read_weights(const datasets::Dataset& dataset, const datasets::Rows& rows, std::size_t label,
                    std::size_t at);

  SampleLayout layout_;
  std::size_t capacity_;
  std::vector<LargeBuffer> features_;  // an array each
  std::vector<LabelMemory> labels_;    // an array each
};

}  // namespace tusk::samples
