// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include "data/samples/batches.hpp"
#include "data/samples/sample_source.hpp"
#include "run/worker/passes.hpp"

namespace tusk::center {
class ControlBoard;
}

namespace tusk::worker {

// The number of a claim, which nobody else gets; one beyond the last epoch where there is no more.
using Claim = std::function<std::uint64_t()>;

// Claims that all workers count in a cell of this board, which must outlive them.
Claim claims_of(center::ControlBoard& board);

// Passes over partitions of the training set that the workers claim as they get free, so that a
// slow one takes fewer: dist-keras's parallelism factor. Claim number c is partition c mod P in
// epoch c / P + 1; together the workers claim each partition once an epoch.
class PartitionPasses final : public Passes {
 public:
  using ReadPartition =
      std::function<std::unique_ptr<samples::SampleSource>(std::size_t partition)>;

  // `partitions`: P, of an epoch. options.epochs: how many epochs; options.worker is ignored, since
  // a partition's order is its own. The claims of all workers begin with those of dealt.first.
  PartitionPasses(Claim claim, ReadPartition read, std::size_t partitions,
                  const samples::BatchOptions& options, DealtEpochs dealt = {})
      : next_claim_(std::move(claim)),
        read_(std::move(read)),
        partitions_(partitions),
        options_(options),
        dealt_(std::move(dealt)) {}

  std::optional<DataPass> next() override;
  void keep(State& state) override;
  std::optional<DataPass> current() override;

 private:
  bool begin(std::uint64_t claim);

  Claim next_claim_;
  ReadPartition read_;
  std::size_t partitions_;
  samples::BatchOptions options_;
  DealtEpochs dealt_;
  std::optional<std::uint64_t> claim_;  // the last, if there was one
  std::unique_ptr<samples::SampleSource> samples_;
  std::optional<samples::Batches> batches_;
};

}  // namespace tusk::worker
