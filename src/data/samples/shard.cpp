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

Shard::Shard(std::shared_ptr<const SampleStore> store, std::size_t size)
    : store_(std::move(store)), sample_shape_(store_->layout().sample_shape), size_(size) {}

Shard Shard::read(const datasets::Dataset& dataset, const datasets::Rows& rows,
                  const LabelFormat* format, transforms::Transforms transforms) {
  if (rows.size() > std::numeric_limits<std::uint32_t>::max()) {
    fail(ExitCode::bad_data, "{}: {} rows are too many for one worker's memory: use more ranks",
         dataset.path(), format_count(rows.size()));
  }
  const auto store = std::make_shared<SampleStore>(
      SampleLayout(dataset, format, std::move(transforms)), rows.size());
  store->read(dataset, rows, 0);
  const SampleLayout& layout = store->layout();
  if (!layout.transformed) {  // or they were checked with all their digits
    check_features(dataset.features(), rows, layout.type, store->stored(0, rows.size()),
                   layout.transforms);
  }
  return {store, rows.size()};
}

Shard Shard::zeros(std::size_t size, Shape sample_shape) {
  const auto store = std::make_shared<SampleStore>(SampleLayout(std::move(sample_shape)), size);
  store->clear();
  return {store, size};
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

bool Shard::has_classes() const { return store_ && store_->layout().has_classes(); }

std::span<const std::int32_t> Shard::classes() const {
  return store_ ? store_->classes(first_, size_) : std::span<const std::int32_t>();
}

ConstMatrix Shard::values() const { return store_ ? store_->values(first_, size_) : ConstMatrix(); }

bool Shard::has_weights() const { return store_ && store_->layout().weighted; }

std::span<const double> Shard::weights() const {
  return store_ ? store_->weights(first_, size_) : std::span<const double>();
}

std::vector<std::uint64_t> Shard::class_counts() const {
  std::vector<std::uint64_t> counts(has_classes() ? store_->layout().format->width : 0);
  for (const std::int32_t index : classes()) ++counts[static_cast<std::size_t>(index)];
  return counts;
}

std::size_t Shard::bytes() const {
  const std::size_t features = store_ ? size_ * store_->layout().feature_bytes() : 0;
  return features + classes().size_bytes() + values().size() * sizeof(Real) +
         weights().size_bytes();
}

void Shard::copy_sample(std::size_t index, Span out) const {
  store_->copy_sample(first_ + index, out);
}

void Shard::copy_to(std::size_t index, const SampleRoom& room, std::size_t at) const {
  store_->copy_to(first_ + index, room, at);
}

}  // namespace tusk::samples
