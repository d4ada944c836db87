// SPDX-License-Identifier: Apache-2.0
#include "data/samples/streamed_shard.hpp"

#include <algorithm>
#include <utility>

#include "data/datasets/read_rows.hpp"
#include "data/samples/check_rows.hpp"
#include "data/samples/sample_store.hpp"
#include "data/samples/stream_plan.hpp"
#include "data/samples/window_stream.hpp"

namespace tusk::samples {

StreamedShard::StreamedShard(datasets::Dataset dataset, datasets::Rows rows,
                             const LabelFormat* format, transforms::Transforms transforms,
                             std::uint64_t memory_limit) {
  SampleLayout layout(dataset, format, std::move(transforms));
  StreamPlan plan(dataset, rows, layout.sample_bytes(), memory_limit);
  content_ = std::make_shared<const Content>(Content{
      std::move(dataset), std::move(rows), std::move(layout), std::move(plan), memory_limit});
}

std::size_t StreamedShard::size() const { return content_->rows.size(); }

const Shape& StreamedShard::sample_shape() const { return content_->layout.sample_shape; }

std::vector<std::uint64_t> StreamedShard::class_counts() const {
  const SampleLayout& layout = content_->layout;
  std::vector<std::uint64_t> counts(layout.has_classes() ? layout.format->width : 0);
  if (counts.empty()) return counts;
  constexpr std::uint64_t step = 1ULL << 20;
  std::vector<double> labels;
  for (std::uint64_t begin = 0; begin < size(); begin += step) {
    const datasets::Rows rows =
        content_->rows.part({begin, std::min<std::uint64_t>(begin + step, size())});
    labels.resize(rows.size());
    datasets::read_rows(content_->dataset.labels(), rows, ElementType::f64, nullptr,
                        std::as_writable_bytes(std::span(labels)));
    for (const std::int32_t index :
         to_classes(content_->dataset.labels(), rows, labels, *layout.format)) {
      ++counts[static_cast<std::size_t>(index)];
    }
  }
  return counts;
}

std::unique_ptr<SampleStream> StreamedShard::stream(const SampleOrder& options) const {
  return std::make_unique<WindowStream>(content_, options);
}

std::unique_ptr<SampleSource> StreamedShard::part_of(datasets::Block positions,
                                                     std::size_t at_once) const {
  const LabelFormat* format = content_->layout.format ? &*content_->layout.format : nullptr;
  return std::make_unique<StreamedShard>(content_->dataset, content_->rows.part(positions), format,
                                         content_->layout.transforms,
                                         content_->memory_limit / at_once);
}

}  // namespace tusk::samples
