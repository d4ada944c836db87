// SPDX-License-Identifier: Apache-2.0
#include "data/samples/shard.hpp"

#include <limits>
#include <utility>

#include "core/units.hpp"
#include "data/samples/check_rows.hpp"
#include "data/samples/sample_store.hpp"
#include "data/samples/shard_stream.hpp"
#include "tusk/error.hpp"

namespace tusk::samples {

Shard::Shard(std::shared_ptr<const SampleStore> store, datasets::Rows rows)
    : store_(std::move(store)),
      rows_(std::move(rows)),
      sample_shape_(store_->layout().inputs.front().sample_shape),
      size_(static_cast<std::size_t>(rows_.size())) {}

Shard Shard::read(const datasets::Dataset& dataset, const datasets::Rows& rows,
                  const LabelFormats& formats, const transforms::ArrayTransforms& transforms) {
  return read(dataset, rows, SampleLayout(dataset, formats, transforms));
}

Shard Shard::read(const datasets::Dataset& dataset, const datasets::Rows& rows,
                  const SampleLayout& layout) {
  if (rows.size() > std::numeric_limits<std::uint32_t>::max()) {
    fail(ExitCode::bad_data, "{}: {} rows are too many for one worker's memory: use more ranks",
         dataset.path(), format_count(rows.size()));
  }
  const auto store = std::make_shared<SampleStore>(layout, rows.size());
  store->read(dataset, rows, 0);
  for (std::size_t i = 0; i < layout.inputs.size(); ++i) {
    const FeatureLayout& input = layout.inputs[i];
    if (input.transformed) continue;  // they were checked with all their digits
    check_features(dataset.features(i), rows, input.type, store->stored(i, 0, rows.size()),
                   input.transforms);
  }
  return {store, rows};
}

Shard Shard::zeros(std::size_t size, Shape sample_shape) {
  const auto store = std::make_shared<SampleStore>(SampleLayout(std::move(sample_shape)), size);
  store->clear();
  return {store, datasets::Rows::all(size)};
}

Shard Shard::part(datasets::Block positions) const {
  Shard shard(*this);
  shard.first_ += positions.begin;
  shard.size_ = positions.size();
  return shard;
}

std::unique_ptr<SampleSource> Shard::part_of(datasets::Block positions, std::size_t) const {
  return std::make_unique<Shard>(part(positions));
}

std::unique_ptr<SampleStream> Shard::stream(const SampleOrder& options) const {
  return std::make_unique<ShardStream>(*this, options);
}

const SampleForm& Shard::form() const {
  static const SampleForm nothing;
  return store_ ? store_->layout().form : nothing;
}

std::span<const std::int32_t> Shard::classes() const {
  return form().labels.empty() ? std::span<const std::int32_t>()
                               : store_->classes(0, first_, size_);
}

ConstMatrix Shard::values() const {
  return form().labels.empty() ? ConstMatrix() : store_->values(0, first_, size_);
}

std::span<const double> Shard::weights() const {
  return form().labels.empty() ? std::span<const double>() : store_->weights(0, first_, size_);
}

std::vector<std::uint64_t> Shard::class_counts() const {
  const auto label = store_ ? store_->layout().first_classes() : std::nullopt;
  if (!label) return {};
  std::vector<std::uint64_t> counts(store_->layout().labels[*label].width);
  for (const std::int32_t index : store_->classes(*label, first_, size_)) {
    ++counts[static_cast<std::size_t>(index)];
  }
  return counts;
}

std::vector<LabelRange> Shard::label_ranges() const {
  std::vector<LabelRange> ranges(form().labels.size());
  for (std::size_t i = 0; i < ranges.size(); ++i) {
    for (const std::int32_t index : store_->classes(i, first_, size_)) ranges[i].add(index);
    const ConstMatrix values = store_->values(i, first_, size_);
    for (std::size_t at = 0; at < values.cols(); ++at) {
      for (const Real value : values.col(at)) ranges[i].add(value);
    }
  }
  return ranges;
}

std::uint64_t Shard::row(std::size_t index) const { return rows_[first_ + index]; }

// All but the place in an epoch's order, which a stream has.
std::size_t Shard::bytes() const {
  return store_ ? size_ * (store_->layout().sample_bytes() - sizeof(std::uint32_t)) : 0;
}

void Shard::copy_sample(std::size_t index, Span out) const {
  store_->copy_features(0, first_ + index, out);
}

void Shard::copy_to(std::size_t index, const SampleRoom& room, std::size_t at) const {
  store_->copy_to(first_ + index, room, at);
}

}  // namespace tusk::samples
