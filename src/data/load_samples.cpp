// SPDX-License-Identifier: Apache-2.0
#include "tusk/data/load_samples.hpp"

#include "sample_store.hpp"
#include "tusk/data/shard.hpp"
#include "tusk/data/streamed_shard.hpp"

namespace tusk::data {

bool fits_memory(const Dataset& dataset, std::uint64_t rows, const LabelFormat* format,
                 std::uint64_t memory_limit) {
  return rows <= memory_limit / sample_bytes(dataset, format);
}

std::unique_ptr<SampleSource> load_samples(const Dataset& dataset, const Rows& rows,
                                           const LabelFormat* format, const Transforms& transforms,
                                           std::uint64_t memory_limit) {
  if (fits_memory(dataset, rows.size(), format, memory_limit)) {
    return std::make_unique<Shard>(Shard::read(dataset, rows, format, transforms));
  }
  return std::make_unique<StreamedShard>(dataset, rows, format, transforms, memory_limit);
}

}  // namespace tusk::data
