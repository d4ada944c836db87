// SPDX-License-Identifier: Apache-2.0
#include "data/samples/row_stream.hpp"

#include <algorithm>

namespace tusk::samples {

RowStream::RowStream(const datasets::Dataset& dataset, datasets::Block rows,
                     const LabelFormats& formats, const transforms::ArrayTransforms& transforms)
    : dataset_(dataset),
      rows_(rows),
      layout_(dataset, formats, transforms),
      block_rows_(dataset.features().rows_per_transfer()),
      next_(rows.begin) {
  for (std::size_t i = 1; i < dataset.inputs(); ++i) {
    block_rows_ = std::min(block_rows_, dataset.features(i).rows_per_transfer());
  }
}

void RowStream::start_epoch(std::uint64_t /*epoch*/) { next_ = rows_.begin; }

// Blocks begin at multiples of their size, where chunks begin, too.
void RowStream::read_block() {
  const std::uint64_t step = block_rows_;
  block_ = {.begin = next_, .end = std::min((next_ / step + 1) * step, rows_.end)};
  shard_ = Shard();  // its memory goes before the next one's comes
  shard_ = Shard::read(dataset_, datasets::Rows::all(dataset_.rows()).part(block_), layout_);
}

std::size_t RowStream::read(const SampleRoom& room) {
  const auto count =
      static_cast<std::size_t>(std::min<std::uint64_t>(room.size, rows_.end - next_));
  for (std::size_t i = 0; i < count; ++i, ++next_) {
    if (next_ < block_.begin || next_ >= block_.end) read_block();
    shard_.copy_to(static_cast<std::size_t>(next_ - block_.begin), room, i);
    room.set_origin(i, {.row = next_});
  }
  return count;
}

void RowStream::skip(std::size_t count) {
  next_ += std::min<std::uint64_t>(count, rows_.end - next_);
}

}  // namespace tusk::samples
