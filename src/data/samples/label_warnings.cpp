// SPDX-License-Identifier: Apache-2.0
#include "data/samples/label_warnings.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "core/log.hpp"
#include "data/samples/sample_source.hpp"
#include "mpi/collectively.hpp"
#include "mpi/communicator.hpp"

namespace tusk::samples {
namespace {

// Over the shards of all ranks; those of ranks without labels are empty.
std::vector<LabelRange> unite(const std::vector<LabelRange>& mine,
                              const mpi::Communicator& communicator) {
  std::vector<LabelRange> all(communicator.max(mine.size()));
  for (const auto& others : communicator.all_gather(std::span<const LabelRange>(mine))) {
    for (std::size_t i = 0; i < others.size(); ++i) {
      all[i].low = std::min(all[i].low, others[i].low);
      all[i].high = std::max(all[i].high, others[i].high);
    }
  }
  return all;
}

void warn_of_range(const LabelRange& range, const Reach& reach, const std::string& of_array) {
  if (range.low == range.high) {
    warning("every training row has the label {}{}: there is nothing to tell apart", range.low,
            of_array);
  }
  if (range.low <= range.high && (range.low < reach.low || range.high > reach.high)) {
    warning(
        "labels{} are from {} to {}, but the model's last layer ends in '{}', which gives numbers "
        "from {} to {} alone: scale the labels, or end in 'linear'",
        of_array, range.low, range.high, reach.activation, reach.low, reach.high);
  }
}

}  // namespace

void warn_of_labels(const SampleSource& shard, std::span<const Reach> reaches,
                    const mpi::Communicator& communicator) {
  std::vector<LabelRange> mine;
  mpi::collectively(communicator, [&] { mine = shard.label_ranges(); });
  const std::vector<LabelRange> ranges = unite(mine, communicator);
  for (std::size_t i = 0; i < ranges.size(); ++i) {
    const std::string of_array = ranges.size() == 1 ? "" : " of output " + std::to_string(i);
    warn_of_range(ranges[i], i < reaches.size() ? reaches[i] : Reach(), of_array);
  }
}

}  // namespace tusk::samples
