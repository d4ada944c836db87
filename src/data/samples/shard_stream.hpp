// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "data/samples/sample_stream.hpp"
#include "data/samples/shard.hpp"

namespace tusk::samples {

// The samples of a shard in memory, which must outlive it: in the file's order, or every epoch in a
// new one that is a function of (seed, worker, epoch).
class ShardStream final : public SampleStream {
 public:
  ShardStream(const Shard& shard, const SampleOrder& options);

  std::size_t samples() const override { return shard_.size(); }
  const SampleForm& form() const override { return shard_.form(); }

  void start_epoch(std::uint64_t epoch) override;
  std::size_t read(const SampleRoom& room) override;
  void skip(std::size_t count) override;

 private:
  const Shard& shard_;
  SampleOrder options_;
  std::vector<std::uint32_t> order_;
  std::size_t next_ = 0;
  std::uint64_t epoch_ = 0;
};

}  // namespace tusk::samples
