// SPDX-License-Identifier: Apache-2.0
#include "data/samples/load_samples.hpp"

#include "data/samples/sample_store.hpp"
#include "data/samples/shard.hpp"
#include "data/samples/streamed_shard.hpp"

namespace tusk::samples {

bool fits_memory(const datasets::Dataset& dataset, std::uint64_t rows, const LabelFormats& formats,
                 const transforms::ArrayTransforms& transforms, std::uint64_t memory_limit) {
  return rows <= memory_limit / SampleLayout(dataset, formats, transforms).sample_bytes();
}

std::unique_ptr<SampleSource> load_samples(const datasets::Dataset& dataset,
                                           const datasets::Rows& rows, const LabelFormats& formats,
                                           const transforms::ArrayTransforms& transforms,
                                           std::uint64_t memory_limit) {
  if (fits_memory(dataset, rows.size(), formats, transforms, memory_limit)) {
    return std::make_unique<Shard>(Shard::read(dataset, rows, formats, transforms));
  }
  return std::make_unique<StreamedShard>(dataset, rows, formats, transforms, memory_limit);
}

}  // namespace tusk::samples
