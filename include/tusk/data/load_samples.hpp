// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>

#include "tusk/data/dataset.hpp"
#include "tusk/data/label_format.hpp"
#include "tusk/data/rows.hpp"
#include "tusk/data/sample_source.hpp"
#include "tusk/data/transforms.hpp"

namespace tusk::data {

// Whether so many samples of a data set, as they lie in memory, keep within a limit of bytes.
bool fits_memory(const Dataset& dataset, std::uint64_t rows, const LabelFormat* format,
                 std::uint64_t memory_limit);

// `rows` of a data set that is open without a communicator: read into memory if they keep within
// the limit, else to be streamed. Without a format, labels are not read. Errors as Shard::read and
// StreamedShard.
std::unique_ptr<SampleSource> load_samples(const Dataset& dataset, const Rows& rows,
                                           const LabelFormat* format, const Transforms& transforms,
                                           std::uint64_t memory_limit);

}  // namespace tusk::data
