// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

#include "tusk/data/dataset.hpp"
#include "tusk/data/label_format.hpp"
#include "tusk/data/sample_stream.hpp"
#include "tusk/data/shard.hpp"
#include "tusk/data/split.hpp"
#include "tusk/data/transforms.hpp"

namespace tusk::data {

// Rows of a data set in the file's order, read when they are asked for, a block at a time: whatever
// the size of the data, memory is that of io::Dataset::rows_per_transfer() rows, some 8 MB. Reading
// throws what Shard::read does.
class RowStream final : public SampleStream {
 public:
  // Without a format, labels are not read. `dataset` must outlive the stream, and is one that this
  // process reads alone.
  RowStream(const Dataset& dataset, Block rows, const LabelFormat* format, Transforms transforms);

  std::size_t samples() const override { return rows_.size(); }
  std::size_t features() const override { return features_; }
  bool has_classes() const override;
  std::size_t value_width() const override;

  void start_epoch(std::uint64_t epoch) override;
  std::size_t read(Matrix features, std::span<std::int32_t> classes, Matrix values) override;

 private:
  void read_block();  // the one with row next_

  const Dataset& dataset_;
  Block rows_;
  std::optional<LabelFormat> format_;
  Transforms transforms_;
  std::size_t features_;
  std::uint64_t next_;  // row
  Block block_{};       // the rows in memory
  Shard shard_;
};

}  // namespace tusk::data
