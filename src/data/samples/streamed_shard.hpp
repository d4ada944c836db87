// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "data/datasets/dataset.hpp"
#include "data/datasets/rows.hpp"
#include "data/samples/label_format.hpp"
#include "data/samples/sample_source.hpp"
#include "data/transforms/transforms.hpp"

// Streaming. load_samples makes a StreamedShard where a Shard would exceed data.memory_limit
// (memory_limit.hpp). Then:
//
//   stream_plan    cuts the rows into blocks of neighbours, and the blocks into windows,
//                  two of which fit into the limit.
//   window_stream  is what stream() returns and Batches reads from: it hands out the
//                  samples of a window, transformed and checked.
//   prefetcher     fills the next window meanwhile, in a thread of its own.
//   sample_window  is one window: a SampleStore (its memory is a large_buffer) with the
//                  samples of some blocks, and the order in which they are handed out.

namespace tusk::samples {

// Samples that are too many for memory, read from their files again every epoch by a thread that
// runs ahead of the consumer. The limit bounds two windows of samples with their labels and order;
// beside them a stream takes some 32 MB, and while a compressed chunk is unpacked twice its size.
//
// Shuffled: blocks of neighbouring rows come in random order, several make a window, and the
// samples of a window come in random order. Which, is a function of (seed, worker, epoch), the
// files' chunks and the limit, never of timing.
//
// Numbers are checked as they come: what Shard::read would have found throws, with the same words,
// from SampleStream::read, and so does whatever goes wrong in the thread: Error(bad_data),
// Error(io_error). The thread calls neither MPI nor anything that does.
class StreamedShard final : public SampleSource {
 public:
  // The data set is open without a communicator. Without formats, labels are not read.
  // Error(bad_experiment) if the limit is too small for two blocks of one row, or compressed chunk.
  StreamedShard(datasets::Dataset dataset, datasets::Rows rows, const LabelFormats& formats,
                const transforms::ArrayTransforms& transforms, std::uint64_t memory_limit);

  std::size_t size() const override;
  const SampleForm& form() const override;
  std::vector<std::uint64_t> class_counts() const override;
  std::vector<LabelRange> label_ranges() const override;
  std::unique_ptr<SampleStream> stream(const SampleOrder& options) const override;
  std::unique_ptr<SampleSource> part_of(datasets::Block positions,
                                        std::size_t at_once) const override;

  struct Content;

 private:
  explicit StreamedShard(std::shared_ptr<const Content> content) : content_(std::move(content)) {}

  std::shared_ptr<const Content> content_;
};

}  // namespace tusk::samples
