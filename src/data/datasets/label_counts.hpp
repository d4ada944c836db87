// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <vector>

#include "core/element_type.hpp"
#include "data/hdf5/number_dataset.hpp"

namespace tusk::mpi {
class Communicator;
}

namespace tusk::datasets {

// How often each of a set of labels, which are integers, occurs. Gives up at more than 1,000
// different ones.
class LabelCounts {
 public:
  using Counts = std::map<std::int64_t, std::uint64_t>;

  void add(std::span<const std::int64_t> labels);

  // Collective: afterwards every rank has the sum over the ranks.
  void unite(const mpi::Communicator& communicator);

  bool too_many() const { return too_many_; }
  const Counts& counts() const { return counts_; }  // incomplete if there are too many

 private:
  void add(std::int64_t label, std::uint64_t count);

  Counts counts_;
  bool too_many_ = false;
};

// Collective: how often each number is there on all ranks together.
LabelCounts::Counts sum_of_counts(const mpi::Communicator& communicator,
                                  const LabelCounts::Counts& mine);

// Labels of an integer type, as they are in memory, one number wide.
std::vector<std::int64_t> integers_of(ElementType type, std::span<const std::byte> labels);

// The counts of a data set [N] of integers; nothing if it is anything else or has too many. Reads
// the data set once, some 8 MB at a time.
std::optional<LabelCounts::Counts> count_labels(const hdf5::NumberDataset& labels);

}  // namespace tusk::datasets
