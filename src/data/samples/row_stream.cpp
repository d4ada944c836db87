// SPDX-License-Identifier: Apache-2.0
#include "data/samples/row_stream.hpp"

#include <algorithm>
#include <utility>

namespace tusk::samples {

RowStream::RowStream(const datasets::Dataset& dataset, datasets::Block rows,
                     const LabelFormat* format, transforms::Transforms transforms)
    : dataset_(dataset),
      rows_(rows),
      transforms_(std::move(transforms)),
      features_(transforms_.output_shape(dataset.sample_shape(), dataset.path()).elements()),
      next_(rows.begin) {
  if (format != nullptr) format_ = *format;
}

bool RowStream::has_classes() const {
  return format_ && format_->kind == LabelFormat::Kind::classes;
}

std::size_t RowStream::value_width() const {
  return format_ && format_->kind == LabelFormat::Kind::values ? format_->width : 0;
}

bool RowStream::has_weights() const {
  return format_ && (dataset_.has_weights() || !format_->class_weights.empty());
}

void RowStream::start_epoch(std::uint64_t /*epoch*/) { next_ = rows_.begin; }

// Blocks begin at multiples of their size, where chunks begin, too.
void RowStream::read_block() {
  const std::uint64_t step = dataset_.features().rows_per_transfer();
  block_ = {.begin = next_, .end = std::min((next_ / step + 1) * step, rows_.end)};
  shard_ = Shard();  // its memory goes before the next one's comes
  shard_ = Shard::read(dataset_, datasets::Rows::all(dataset_.rows()).part(block_),
                       format_ ? &*format_ : nullptr, transforms_);
}

std::size_t RowStream::read(const SampleRoom& room) {
  const auto count =
      static_cast<std::size_t>(std::min<std::uint64_t>(room.size(), rows_.end - next_));
  for (std::size_t i = 0; i < count; ++i, ++next_) {
    if (next_ < block_.begin || next_ >= block_.end) read_block();
    shard_.copy_to(static_cast<std::size_t>(next_ - block_.begin), room, i);
  }
  return count;
}

void RowStream::skip(std::size_t count) {
  next_ += std::min<std::uint64_t>(count, rows_.end - next_);
}

}  // namespace tusk::samples
