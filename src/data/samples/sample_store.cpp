// SPDX-License-Identifier: Apache-2.0
#include "data/samples/sample_store.hpp"

#include <algorithm>
#include <utility>

#include "core/to_real.hpp"
#include "data/datasets/read_rows.hpp"
#include "data/samples/check_rows.hpp"
#include "data/samples/read_labels.hpp"
#include "data/samples/sample_weights.hpp"

namespace tusk::samples {
namespace {

bool are_classes(const LabelFormat* format) {
  return format != nullptr && format->kind == LabelFormat::Kind::classes;
}

}  // namespace

SampleLayout::SampleLayout(const datasets::Dataset& dataset, const LabelFormat* label_format,
                           transforms::Transforms steps)
    : type(type_in_memory(dataset.features().type())),
      transformed(dataset.features().type() != type && is_floating_point(type) &&
                  steps.precision() == transforms::Precision::float64),
      stored_width(dataset.features().row_elements()),
      sample_shape(steps.output_shape(dataset.sample_shape(), dataset.path())),
      transforms(std::move(steps)) {
  if (transformed) stored_width = sample_shape.elements();
  if (label_format == nullptr) return;
  format = *label_format;
  weighted = dataset.has_weights() || !format->class_weights.empty();
}

SampleLayout::SampleLayout(Shape bytes)
    : stored_width(bytes.elements()),
      sample_shape(std::move(bytes)),
      format(LabelFormat{.kind = LabelFormat::Kind::values, .width = 1}) {}

bool SampleLayout::has_classes() const { return are_classes(format ? &*format : nullptr); }

std::size_t SampleLayout::value_width() const {
  return format && !has_classes() ? format->width : 0;
}

std::size_t SampleLayout::feature_bytes() const { return stored_width * size_of(type); }

std::size_t SampleLayout::sample_bytes() const {
  const std::size_t label = has_classes() ? sizeof(std::int32_t) : value_width() * sizeof(Real);
  return feature_bytes() + label + (weighted ? sizeof(double) : 0) + sizeof(std::uint32_t);
}

SampleStore::SampleStore(SampleLayout layout, std::size_t capacity)
    : layout_(std::move(layout)),
      capacity_(capacity),
      features_(capacity * layout_.feature_bytes()),
      classes_(layout_.has_classes() ? capacity : 0),
      values_(layout_.value_width() * capacity),
      weights_(layout_.weighted ? capacity : 0) {}

void SampleStore::read(const datasets::Dataset& dataset, const datasets::Rows& rows,
                       std::size_t at) {
  const std::size_t width = layout_.feature_bytes();
  if (layout_.transformed) {
    read_transformed(dataset, rows, at);
  } else {
    datasets::read_rows(dataset.features(), rows, layout_.type, dataset.communicator(),
                        std::span(features_.data() + at * width, rows.size() * width));
  }
  if (!layout_.format) return;
  const std::size_t value_width = layout_.value_width();
  read_labels(dataset, rows, *layout_.format,
              std::span(classes_).subspan(layout_.has_classes() ? at : 0,
                                          layout_.has_classes() ? rows.size() : 0),
              Span(values_).subspan(at * value_width, rows.size() * value_width));
  if (layout_.weighted) read_weights(dataset, rows, at);
}

void SampleStore::read_transformed(const datasets::Dataset& dataset, const datasets::Rows& rows,
                                   std::size_t at) {
  const datasets::JoinedDataset& features = dataset.features();
  const std::size_t width = features.row_elements();
  const std::size_t row_bytes = width * sizeof(double);
  auto* const samples = reinterpret_cast<Real*>(features_.data());
  datasets::read_rows(features, rows, ElementType::f64, dataset.communicator(),
                      [&](std::uint64_t position, std::span<const std::byte> piece) {
                        for (; !piece.empty(); piece = piece.subspan(row_bytes), ++position) {
                          const Span sample(samples + (at + position) * layout_.stored_width,
                                            layout_.stored_width);
                          layout_.transforms.apply(ElementType::f64, piece.data(), width, sample);
                          if (layout_.transforms.accepts(sample)) continue;
                          fail_features(features, rows[position], ElementType::f64, piece.data(),
                                        layout_.transforms);
                        }
                      });
}

void SampleStore::read_weights(const datasets::Dataset& dataset, const datasets::Rows& rows,
                               std::size_t at) {
  const std::span<double> weights = std::span(weights_).subspan(at, rows.size());
  if (dataset.has_weights()) {
    samples::read_weights(dataset.weights(), rows, dataset.communicator(), weights);
  } else {
    std::ranges::fill(weights, 1.0);
  }
  const std::vector<double>& of_class = layout_.format->class_weights;
  if (of_class.empty()) return;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const std::size_t index = layout_.has_classes() ? static_cast<std::size_t>(classes_[at + i])
                                                    : class_of(values(at + i, 1).flat());
    weights[i] *= of_class[index];
  }
}

void SampleStore::clear() {
  std::fill_n(features_.data(), capacity_ * layout_.feature_bytes(), std::byte{0});
  std::ranges::fill(classes_, 0);
  std::ranges::fill(values_, Real{0});
  std::ranges::fill(weights_, 0.0);
}

std::span<const std::byte> SampleStore::stored(std::size_t at, std::size_t count) const {
  const std::size_t width = layout_.feature_bytes();
  return {features_.data() + at * width, count * width};
}

void SampleStore::copy_sample(std::size_t at, Span out) const {
  const std::byte* const sample = stored(at, 1).data();
  if (layout_.transformed) return to_real(layout_.type, sample, out);
  layout_.transforms.apply(layout_.type, sample, layout_.stored_width, out);
}

void SampleStore::copy_to(std::size_t at, const SampleRoom& room, std::size_t column) const {
  copy_sample(at, room.features.col(column));
  if (layout_.has_classes()) {
    room.classes[column] = classes_[at];
  } else if (layout_.value_width() > 0) {
    std::ranges::copy(values(at, 1).flat(), room.values.col(column).begin());
  }
  if (layout_.weighted) room.weights[column] = weights_[at];
}

std::span<const std::int32_t> SampleStore::classes(std::size_t at, std::size_t count) const {
  return layout_.has_classes() ? std::span(classes_).subspan(at, count)
                               : std::span<const std::int32_t>();
}

ConstMatrix SampleStore::values(std::size_t at, std::size_t count) const {
  const std::size_t width = layout_.value_width();
  if (width == 0) return {};
  return {values_.data() + at * width, width, count};
}

std::span<const double> SampleStore::weights(std::size_t at, std::size_t count) const {
  return layout_.weighted ? std::span(weights_).subspan(at, count) : std::span<const double>();
}

}  // namespace tusk::samples
