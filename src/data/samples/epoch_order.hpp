// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "data/samples/sample_source.hpp"
#include "data/samples/stream_plan.hpp"
#include "tusk/random.hpp"

// In which order the samples of an epoch are handed out: a function of (seed, worker, epoch), which
// ShardStream and WindowStream go by, and which can be asked without reading any sample. That is
// how a run knows what another number of workers has left of an epoch
// (run/training/dealt_rows.hpp).
namespace tusk::samples {

// Of samples in memory, as many as `positions` has room for: their positions, from 0.
void order_in_memory(const SampleOrder& order, std::uint64_t epoch,
                     std::vector<std::uint32_t>& positions);

// Of samples that are streamed: one sequence of random numbers orders the blocks, others the
// samples of each window (none: as they come), so that a window can be filled without those before
// it.
std::vector<std::uint32_t> order_of_blocks(const StreamPlan& plan, const SampleOrder& order,
                                           std::uint64_t epoch);
std::optional<Random> random_of_window(const StreamPlan& plan, const SampleOrder& order,
                                       std::uint64_t epoch, std::size_t window);

// The positions, ascending, of the samples that are left of an epoch when its first `taken` have
// been handed out: in memory, and streamed.
std::vector<std::uint64_t> left_in_memory(std::size_t samples, const SampleOrder& order,
                                          std::uint64_t epoch, std::uint64_t taken);
std::vector<std::uint64_t> left_in_stream(const StreamPlan& plan, const SampleOrder& order,
                                          std::uint64_t epoch, std::uint64_t taken);

}  // namespace tusk::samples
