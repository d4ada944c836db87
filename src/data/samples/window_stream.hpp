// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "data/samples/prefetcher.hpp"
#include "data/samples/sample_source.hpp"
#include "data/samples/sample_store.hpp"
#include "data/samples/stream_plan.hpp"
#include "data/samples/streamed_shard.hpp"

namespace tusk::samples {

struct StreamedShard::Content {
  datasets::Dataset dataset;
  datasets::Rows rows;
  SampleLayout layout;
  StreamPlan plan;
  std::uint64_t memory_limit = 0;
};

// The samples of a streamed shard. Windows are allocated with the first epoch.
class WindowStream final : public SampleStream {
 public:
  WindowStream(std::shared_ptr<const StreamedShard::Content> content, const SampleOrder& options);

  std::size_t samples() const override { return content_->rows.size(); }
  const SampleForm& form() const override { return content_->layout.form; }

  void start_epoch(std::uint64_t epoch) override;
  std::size_t read(const SampleRoom& room) override;
  void skip(std::size_t count) override;

 private:
  // Fills a window. Runs in the prefetcher's thread.
  bool fill(SampleWindow& window, std::uint64_t epoch, std::size_t index,
            const std::function<bool()>& cancelled);
  // What has come from this place to this column of the room.
  void check(std::size_t place, const SampleRoom& room, std::size_t column) const;

  std::shared_ptr<const StreamedShard::Content> content_;
  SampleOrder options_;
  std::vector<std::uint32_t> blocks_;  // of the epoch that the thread reads, in its order
  const SampleWindow* window_ = nullptr;
  std::size_t next_ = 0;  // in the window
  std::uint64_t epoch_ = 0;
  std::optional<Prefetcher> prefetcher_;  // last: its thread ends before what it uses
};

}  // namespace tusk::samples
