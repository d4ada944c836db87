// SPDX-License-Identifier: Apache-2.0
#include "data/samples/sample_store.hpp"

#include <algorithm>
#include <utility>

#include "core/to_real.hpp"
#include "data/datasets/read_rows.hpp"
#include "data/samples/check_rows.hpp"
#include "data/samples/read_labels.hpp"
#include "data/samples/sample_weights.hpp"
#include "tusk/error.hpp"

namespace tusk::samples {
namespace {

FeatureLayout feature_layout(const datasets::Dataset& dataset, std::size_t input,
                             const transforms::Transforms& transforms) {
  const datasets::JoinedDataset& features = dataset.features(input);
  FeatureLayout layout{
      .type = type_in_memory(features.type()),
      .stored_width = features.row_elements(),
      .sample_shape = transforms.output_shape(features.row_shape(), dataset.path()),
      .transforms = transforms};
  layout.transformed = features.type() != layout.type && is_floating_point(layout.type) &&
                       transforms.precision() == transforms::Precision::float64;
  if (layout.transformed) layout.stored_width = layout.sample_shape.elements();
  return layout;
}

}  // namespace

SampleLayout::SampleLayout(const datasets::Dataset& dataset, const LabelFormats& formats,
                           const transforms::ArrayTransforms& transforms)
    : labels(formats) {
  if (transforms.size() != dataset.inputs() ||
      (!labels.empty() && labels.size() != dataset.labels_count())) {
    fail(ExitCode::internal, "{} transforms and {} formats of labels for {} and {} arrays",
         transforms.size(), labels.size(), dataset.inputs(), dataset.labels_count());
  }
  for (std::size_t i = 0; i < dataset.inputs(); ++i) {
    inputs.push_back(feature_layout(dataset, i, transforms[i]));
    form.inputs.push_back(inputs.back().sample_shape.elements());
  }
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const bool classes = labels[i].kind == LabelFormat::Kind::classes;
    form.labels.push_back({.classes = classes,
                           .width = classes ? 0 : labels[i].width,
                           .class_count = classes ? labels[i].width : 0,
                           .weighted = dataset.has_weights(i) || !labels[i].class_weights.empty()});
  }
}

SampleLayout::SampleLayout(Shape bytes)
    : inputs{{.stored_width = bytes.elements(), .sample_shape = bytes}},
      labels(std::vector{LabelFormat{.kind = LabelFormat::Kind::values, .width = 1}}),
      form{.inputs = {bytes.elements()}, .labels = {{.width = 1}}} {}

std::size_t SampleLayout::feature_bytes() const {
  std::size_t bytes = 0;
  for (const FeatureLayout& input : inputs) bytes += input.bytes();
  return bytes;
}

std::size_t SampleLayout::sample_bytes() const {
  std::size_t bytes = feature_bytes() + sizeof(std::uint32_t);
  for (const SampleForm::Labels& label : form.labels) {
    bytes += label.classes ? sizeof(std::int32_t) : label.width * sizeof(Real);
    if (label.weighted) bytes += sizeof(double);
  }
  return bytes;
}

std::optional<std::size_t> SampleLayout::first_classes() const {
  for (std::size_t i = 0; i < form.labels.size(); ++i) {
    if (form.labels[i].classes) return i;
  }
  return std::nullopt;
}

SampleStore::SampleStore(SampleLayout layout, std::size_t capacity)
    : layout_(std::move(layout)), capacity_(capacity) {
  for (const FeatureLayout& input : layout_.inputs) {
    features_.emplace_back(capacity * input.bytes());
  }
  for (const SampleForm::Labels& label : layout_.form.labels) {
    LabelMemory& memory = labels_.emplace_back();
    memory.classes.resize(label.classes ? capacity : 0);
    memory.values.resize(label.width * capacity);
    memory.weights.resize(label.weighted ? capacity : 0);
  }
}

void SampleStore::read(const datasets::Dataset& dataset, const datasets::Rows& rows,
                       std::size_t at) {
  for (std::size_t i = 0; i < features_.size(); ++i) {
    const FeatureLayout& layout = layout_.inputs[i];
    if (layout.transformed) {
      read_transformed(dataset, rows, i, at);
      continue;
    }
    const std::size_t width = layout.bytes();
    datasets::read_rows(dataset.features(i), rows, layout.type, dataset.communicator(),
                        std::span(features_[i].data() + at * width, rows.size() * width));
  }
  for (std::size_t i = 0; i < labels_.size(); ++i) read_labels(dataset, rows, i, at);
}

void SampleStore::read_transformed(const datasets::Dataset& dataset, const datasets::Rows& rows,
                                   std::size_t input, std::size_t at) {
  const datasets::JoinedDataset& features = dataset.features(input);
  const FeatureLayout& layout = layout_.inputs[input];
  const std::size_t width = features.row_elements();
  const std::size_t row_bytes = width * sizeof(double);
  auto* const samples = reinterpret_cast<Real*>(features_[input].data());
  datasets::read_rows(features, rows, ElementType::f64, dataset.communicator(),
                      [&](std::uint64_t position, std::span<const std::byte> piece) {
                        for (; !piece.empty(); piece = piece.subspan(row_bytes), ++position) {
                          const Span sample(samples + (at + position) * layout.stored_width,
                                            layout.stored_width);
                          layout.transforms.apply(ElementType::f64, piece.data(), width, sample);
                          if (layout.transforms.accepts(sample)) continue;
                          fail_features(features, rows[position], ElementType::f64, piece.data(),
                                        layout.transforms);
                        }
                      });
}

void SampleStore::read_labels(const datasets::Dataset& dataset, const datasets::Rows& rows,
                              std::size_t label, std::size_t at) {
  const SampleForm::Labels& form = layout_.form.labels[label];
  LabelMemory& memory = labels_[label];
  samples::read_labels(
      dataset.labels(label), rows, dataset.communicator(), layout_.labels[label],
      std::span(memory.classes).subspan(form.classes ? at : 0, form.classes ? rows.size() : 0),
      Span(memory.values).subspan(at * form.width, rows.size() * form.width));
  if (form.weighted) read_weights(dataset, rows, label, at);
}

void SampleStore::read_weights(const datasets::Dataset& dataset, const datasets::Rows& rows,
                               std::size_t label, std::size_t at) {
  const std::span<double> its = std::span(labels_[label].weights).subspan(at, rows.size());
  if (dataset.has_weights(label)) {
    samples::read_weights(dataset.weights(label), rows, dataset.communicator(), its);
  } else {
    std::ranges::fill(its, 1.0);
  }
  const std::vector<double>& of_class = layout_.labels[label].class_weights;
  if (of_class.empty()) return;
  for (std::size_t i = 0; i < its.size(); ++i) {
    const std::size_t index = layout_.form.labels[label].classes
                                  ? static_cast<std::size_t>(labels_[label].classes[at + i])
                                  : class_of(values(label, at + i, 1).flat());
    its[i] *= of_class[index];
  }
}

void SampleStore::clear() {
  for (std::size_t i = 0; i < features_.size(); ++i) {
    std::fill_n(features_[i].data(), capacity_ * layout_.inputs[i].bytes(), std::byte{0});
  }
  for (LabelMemory& memory : labels_) {
    std::ranges::fill(memory.classes, 0);
    std::ranges::fill(memory.values, Real{0});
    std::ranges::fill(memory.weights, 0.0);
  }
}

std::span<const std::byte> SampleStore::stored(std::size_t input, std::size_t at,
                                               std::size_t count) const {
  const std::size_t width = layout_.inputs[input].bytes();
  return {features_[input].data() + at * width, count * width};
}

void SampleStore::copy_features(std::size_t input, std::size_t at, Span out) const {
  const FeatureLayout& layout = layout_.inputs[input];
  const std::byte* const sample = features_[input].data() + at * layout.bytes();
  if (layout.transformed) return to_real(layout.type, sample, out);
  layout.transforms.apply(layout.type, sample, layout.stored_width, out);
}

void SampleStore::copy_to(std::size_t at, const SampleRoom& room, std::size_t index) const {
  const std::size_t column = room.first + index;
  for (std::size_t i = 0; i < features_.size(); ++i) {
    copy_features(i, at, room.inputs[i].col(column));
  }
  for (std::size_t i = 0; i < labels_.size(); ++i) {
    const SampleForm::Labels& form = layout_.form.labels[i];
    const LabelRoom& out = room.labels[i];
    if (form.classes) {
      out.classes[column] = labels_[i].classes[at];
    } else if (form.width > 0) {
      std::ranges::copy(values(i, at, 1).flat(), out.values.col(column).begin());
    }
    if (form.weighted) out.weights[column] = labels_[i].weights[at];
  }
}

std::span<const std::int32_t> SampleStore::classes(std::size_t label, std::size_t at,
                                                   std::size_t count) const {
  return layout_.form.labels[label].classes ? std::span(labels_[label].classes).subspan(at, count)
                                            : std::span<const std::int32_t>();
}

ConstMatrix SampleStore::values(std::size_t label, std::size_t at, std::size_t count) const {
  const std::size_t width = layout_.form.labels[label].width;
  if (width == 0) return {};
  return {labels_[label].values.data() + at * width, width, count};
}

std::span<const double> SampleStore::weights(std::size_t label, std::size_t at,
                                             std::size_t count) const {
  return layout_.form.labels[label].weighted ? std::span(labels_[label].weights).subspan(at, count)
                                             : std::span<const double>();
}

}  // namespace tusk::samples
