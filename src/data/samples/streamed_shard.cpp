// SPDX-License-Identifier: Apache-2.0
#include "data/samples/streamed_shard.hpp"

#include <algorithm>
#include <utility>

#include "data/datasets/read_rows.hpp"
#include "data/samples/check_rows.hpp"
#include "data/samples/read_labels.hpp"
#include "data/samples/sample_store.hpp"
#include "data/samples/stream_plan.hpp"
#include "data/samples/window_stream.hpp"

namespace tusk::samples {

namespace {

std::shared_ptr<const StreamedShard::Content> make_content(datasets::Dataset dataset,
                                                           datasets::Rows rows, SampleLayout layout,
                                                           std::uint64_t memory_limit) {
  StreamPlan plan(dataset, rows, layout.sample_bytes(), memory_limit);
  return std::make_shared<const StreamedShard::Content>(StreamedShard::Content{
      std::move(dataset), std::move(rows), std::move(layout), std::move(plan), memory_limit});
}

}  // namespace

StreamedShard::StreamedShard(datasets::Dataset dataset, datasets::Rows rows,
                             const LabelFormats& formats,
                             const transforms::ArrayTransforms& transforms,
                             std::uint64_t memory_limit) {
  SampleLayout layout(dataset, formats, transforms);
  content_ = make_content(std::move(dataset), std::move(rows), std::move(layout), memory_limit);
}

std::size_t StreamedShard::size() const { return content_->rows.size(); }

const SampleForm& StreamedShard::form() const { return content_->layout.form; }

std::vector<std::uint64_t> StreamedShard::class_counts() const {
  const auto label = content_->layout.first_classes();
  if (!label) return {};
  const LabelFormat& format = content_->layout.labels[*label];
  const datasets::JoinedDataset& data = content_->dataset.labels(*label);
  std::vector<std::uint64_t> counts(format.width);
  constexpr std::uint64_t step = 1ULL << 20;
  std::vector<double> labels;
  for (std::uint64_t begin = 0; begin < size(); begin += step) {
    const datasets::Rows rows =
        content_->rows.part({begin, std::min<std::uint64_t>(begin + step, size())});
    labels.resize(rows.size());
    datasets::read_rows(data, rows, ElementType::f64, nullptr,
                        std::as_writable_bytes(std::span(labels)));
    for (const std::int32_t index : to_classes(data, rows, labels, format)) {
      ++counts[static_cast<std::size_t>(index)];
    }
  }
  return counts;
}

std::vector<LabelRange> StreamedShard::label_ranges() const {
  std::vector<LabelRange> ranges;
  constexpr std::uint64_t step = 1ULL << 18;
  for (std::size_t i = 0; i < content_->layout.labels.size(); ++i) {
    const LabelFormat& format = content_->layout.labels[i];
    const bool are_classes = format.kind == LabelFormat::Kind::classes;
    LabelRange& range = ranges.emplace_back();
    for (std::uint64_t begin = 0; begin < size(); begin += step) {
      const datasets::Rows rows =
          content_->rows.part({begin, std::min<std::uint64_t>(begin + step, size())});
      std::vector<std::int32_t> classes(are_classes ? rows.size() : 0);
      std::vector<Real> values(are_classes ? 0 : rows.size() * format.width);
      read_labels(content_->dataset.labels(i), rows, nullptr, format, classes, values);
      for (const std::int32_t index : classes) range.add(index);
      for (const Real value : values) range.add(value);
    }
  }
  return ranges;
}

std::unique_ptr<SampleStream> StreamedShard::stream(const SampleOrder& options) const {
  return std::make_unique<WindowStream>(content_, options);
}

std::unique_ptr<SampleSource> StreamedShard::part_of(datasets::Block positions,
                                                     std::size_t at_once) const {
  return std::unique_ptr<SampleSource>(
      new StreamedShard(make_content(content_->dataset, content_->rows.part(positions),
                                     content_->layout, content_->memory_limit / at_once)));
}

}  // namespace tusk::samples
