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

// How the samples of a data set lie in memory: features as the file has them, but floats of any
// size as ours (uint8 stays uint8), labels as class indices or values, and weights; and the
// transforms that make of them what the model sees. Where the transforms need all digits of a
// double, they are applied when it is read: features then lie in memory as the model sees them.
struct SampleLayout {
  // Error(bad_data) if the transforms do not fit the samples. Without a format there are no labels.
  SampleLayout(const datasets::Dataset& dataset, const LabelFormat* label_format,
               transforms::Transforms steps);

  // The layout of samples that are bytes and whose labels are values, one each.
  explicit SampleLayout(Shape bytes);

  bool has_classes() const;
  std::size_t value_width() const;    // numbers a label; 0 without values
  std::size_t feature_bytes() const;  // of a sample
  std::size_t sample_bytes() const;  // with its label, its weight and its place in an epoch's order

  ElementType type = ElementType::u8;
  bool transformed = false;      // before they come to memory
  std::size_t stored_width = 0;  // numbers a sample in memory
  Shape sample_shape;            // after the transforms
  std::optional<LabelFormat> format;
  bool weighted =
      false;  // whether samples have weights: of the data set, of their classes, or both
  transforms::Transforms transforms;
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

  // The features of `count` samples as they are stored, and one as the model sees it; the same with
  // its label and weight, to place `column` of the room.
  std::span<const std::byte> stored(std::size_t at, std::size_t count) const;
  void copy_sample(std::size_t at, Span out) const;
  void copy_to(std::size_t at, const SampleRoom& room, std::size_t column) const;

  // The labels of `count` samples from `at` on: class indices, or values (outputs, count). Empty if
  // labels are of the other kind.
  std::span<const std::int32_t> classes(std::size_t at, std::size_t count) const;
  ConstMatrix values(std::size_t at, std::size_t count) const;
  std::span<const double> weights(std::size_t at, std::size_t count) const;  // empty: none

 private:
  void read_transformed(const datasets::Dataset& dataset, const datasets::Rows& rows,
                        std::size_t at);
  void read_weights(const datasets::Dataset& dataset, const datasets::Rows& rows, std::size_t at);

  SampleLayout layout_;
  std::size_t capacity_;
  LargeBuffer features_;
  std::vector<std::int32_t> classes_;
  AlignedVector<Real> values_;
  std::vector<double> weights_;
};

}  // namespace tusk::samples
