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
namespace {

// Floats of any size become ours; integers stay as small as they are.
io::ElementType type_in_memory(io::ElementType stored) {
  return io::is_floating_point(stored) ? io::element_type<Real>() : stored;
}

}  // namespace

Shard Shard::read(const Dataset& dataset, const std::vector<std::uint64_t>& rows,
                  const LabelFormat* format, Transforms transforms) {
  if (rows.size() > std::numeric_limits<std::uint32_t>::max()) {
    fail(ExitCode::bad_data, "{}: {} rows are too many for one worker: use more ranks",
         dataset.path(), format_count(rows.size()));
  }
  Shard shard;
  shard.size_ = rows.size();
  shard.sample_shape_ = dataset.sample_shape();
  shard.type_ = type_in_memory(dataset.features().type());
  shard.sample_bytes_ = shard.sample_shape_.elements() * io::size_of(shard.type_);
  shard.transforms_ = std::move(transforms);
  shard.features_.resize(shard.size_ * shard.sample_bytes_);
  read_rows(dataset.features(), rows, shard.type_, dataset.communicator(), shard.features_);
  if (format != nullptr) shard.read_labels(dataset, rows, *format);
  if (io::is_floating_point(shard.type_)) {
    const auto* numbers = reinterpret_cast<const Real*>(shard.features_.data());
    check_finite(dataset.features(), rows, {numbers, shard.features_.size() / sizeof(Real)});
  }
  return shard;
}

void Shard::read_labels(const Dataset& dataset, const std::vector<std::uint64_t>& rows,
                        const LabelFormat& format) {
  const io::Dataset& labels = dataset.labels();
  format_ = format;
  if (has_classes()) {  // as doubles, to see what is not a whole number
    std::vector<double> numbers(rows.size());
    read_rows(labels, rows, io::ElementType::f64, dataset.communicator(),
              std::as_writable_bytes(std::span(numbers)));
    classes_ = to_classes(labels, rows, numbers, format);
  } else {
    values_.resize(rows.size() * format.width);
    read_rows(labels, rows, io::element_type<Real>(), dataset.communicator(),
              std::as_writable_bytes(std::span(values_)));
    check_values(labels, rows, values_, format);
  }
}

bool Shard::has_classes() const { return format_ && format_->kind == LabelFormat::Kind::classes; }

ConstMatrix Shard::values() const {
  if (!format_ || has_classes()) return {};
  return {values_.data(), format_->width, size_};
}

std::size_t Shard::class_count() const { return has_classes() ? format_->width : 0; }

std::size_t Shard::bytes() const {
  return features_.size() + classes_.size() * sizeof(std::int32_t) + values_.size() * sizeof(Real);
}

void Shard::copy_sample(std::size_t index, Span out) const {
  to_real(type_, features_.data() + index * sample_bytes_, out);
  transforms_.apply(out);
}

}  // namespace tusk::data
