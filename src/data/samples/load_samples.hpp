// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>

#include "data/datasets/dataset.hpp"
#include "data/datasets/rows.hpp"
#include "data/samples/label_format.hpp"
#include "data/samples/sample_source.hpp"
#include "data/transforms/transforms.hpp"

namespace tusk::samples {

// Whether so many samples of a data set, as they lie in memory, keep within a limit of bytes.
bool fits_memory(const datasets::Dataset& dataset, std::uint64_t rows, const LabelFormats& formats,
                 const transforms::ArrayTransforms& transforms, std::uint64_t memory_limit);

// `rows` of a data set that is open without a communicator: read into memory if they keep within
// the limit, else to be streamed. Without formats, labels are not read. Throws what Shard::read
// and StreamedShard throw.
std::unique_ptr<SampleSource> load_samples(const datasets::Dataset& dataset,
                                           const datasets::Rows& rows, const LabelFormats& formats,
                                           const transforms::ArrayTransforms& transforms,
                                           std::uint64_t memory_limit);

}  // namespace tusk::samples
