// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "data/datasets/dataset.hpp"
#include "data/datasets/split.hpp"
#include "data/samples/label_format.hpp"
#include "data/samples/sample_store.hpp"
#include "data/samples/sample_stream.hpp"
#include "data/samples/shard.hpp"
#include "data/transforms/transforms.hpp"

namespace tusk::samples {

// Rows of a data set in the file's order, read when they are asked for, a block at a time: whatever
// the size of the data, memory is that of hdf5::NumberDataset::rows_per_transfer() rows, some 8 MB
// for the largest array. Reading throws what Shard::read does.
class RowStream final : public SampleStream {
 public:
  // Without formats, labels are not read. `dataset` must outlive the stream, and is one that this
  // process reads alone.
  RowStream(const datasets::Dataset& dataset, datasets::Block rows, const LabelFormats& formats,
            const transforms::ArrayTransforms& transforms);

  std::size_t samples() const override { return rows_.size(); }
  const SampleForm& form() const override { return layout_.form; }

  void start_epoch(std::uint64_t epoch) override;
  std::size_t read(const SampleRoom& room) override;
  void skip(std::size_t count) override;

 private:
  void read_block();  // the one with row next_

  const datasets::Dataset& dataset_;
  datasets::Block rows_;
  SampleLayout layout_;
  std::uint64_t block_rows_;
  std::uint64_t next_;       // row
  datasets::Block block_{};  // the rows in memory
  Shard shard_;
};

}  // namespace tusk::samples
