// SPDX-License-Identifier: Apache-2.0
#include "tusk/data/shard.hpp"

#include <limits>
#include <utility>

#include "check_rows.hpp"
#include "read_rows.hpp"
#include "to_real.hpp"
#include "tusk/core/error.hpp"
#include "tusk/core/units.hpp"

namespace tusk::data {

Shard Shard::read(const Dataset& dataset, const std::vector<std::uint64_t>& rows,
                  const LabelFormat* format, Transforms transforms) {
  if (rows.size() > std::numeric_limits<std::uint32_t>::max()) {
    fail(ExitCode::bad_data, "{}: {} rows are too many for one worker: use more ranks",
         dataset.path(), format_count(rows.size()));
  }
  auto content = std::make_shared<Content>();
  Shard shard;
  shard.size_ = rows.size();
  shard.sample_shape_ = transforms.output_shape(dataset.sample_shape(), dataset.path());
  content->type = type_in_memory(dataset.features().type());
  content->stored_width = dataset.features().row_elements();
  content->sample_bytes = content->stored_width * io::size_of(content->type);
  content->transforms = std::move(transforms);
  content->features.resize(shard.size_ * content->sample_bytes);
  read_rows(dataset.features(), rows, content->type, dataset.communicator(), content->features);
  if (format != nullptr) read_labels(dataset, rows, *format, *content);
  check_features(dataset.features(), rows, content->type, content->features, content->transforms);
  shard.content_ = std::move(content);
  return shard;
}

void Shard::read_labels(const Dataset& dataset, const std::vector<std::uint64_t>& rows,
                        const LabelFormat& format, Content& content) {
  const io::Dataset& labels = dataset.labels();
  content.format = format;
  if (format.kind == LabelFormat::Kind::classes) {  // as doubles, to see what is not a whole number
    std::vector<double> numbers(rows.size());
    read_rows(labels, rows, io::ElementType::f64, dataset.communicator(),
              std::as_writable_bytes(std::span(numbers)));
    content.classes = to_classes(labels, rows, numbers, format);
  } else {
    content.values.resize(rows.size() * format.width);
    read_rows(labels, rows, io::element_type<Real>(), dataset.communicator(),
              std::as_writable_bytes(std::span(content.values)));
    to_values(labels, rows, content.values, format);
  }
}

Shard Shard::zeros(std::size_t size, Shape sample_shape) {
  auto content = std::make_shared<Content>();
  content->type = io::ElementType::u8;
  content->stored_width = sample_shape.elements();
  content->sample_bytes = content->stored_width;
  content->features.resize(size * content->sample_bytes);
  content->format = LabelFormat{.kind = LabelFormat::Kind::values, .width = 1};
  content->values.resize(size);
  Shard shard;
  shard.content_ = std::move(content);
  shard.sample_shape_ = std::move(sample_shape);
  shard.size_ = size;
  return shard;
}

Shard Shard::part(Block positions) const {
  Shard shard(*this);
  shard.first_ += positions.begin;
  shard.size_ = positions.size();
  return shard;
}

bool Shard::has_classes() const {
  return content_ && content_->format && content_->format->kind == LabelFormat::Kind::classes;
}

std::span<const std::int32_t> Shard::classes() const {
  if (!has_classes()) return {};
  return std::span(content_->classes).subspan(first_, size_);
}

ConstMatrix Shard::values() const {
  if (!content_ || !content_->format || has_classes()) return {};
  const std::size_t width = content_->format->width;
  return {content_->values.data() + first_ * width, width, size_};
}

std::size_t Shard::class_count() const { return has_classes() ? content_->format->width : 0; }

std::size_t Shard::bytes() const {
  const std::size_t features = content_ ? size_ * content_->sample_bytes : 0;
  return features + classes().size() * sizeof(std::int32_t) +
         values().rows() * values().cols() * sizeof(Real);
}

void Shard::copy_sample(std::size_t index, Span out) const {
  const std::byte* sample = content_->features.data() + (first_ + index) * content_->sample_bytes;
  to_real(content_->type, sample, out.first(content_->stored_width));
  content_->transforms.apply(out, content_->stored_width);
}

}  // namespace tusk::data
