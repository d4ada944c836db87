// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <limits>
#include <vector>

#include "data/hdf5/number_dataset.hpp"

namespace tusk::datasets {

// The range of some numbers, NaNs apart.
struct ValueSummary {
  double lowest = std::numeric_limits<double>::infinity();
  double highest = -std::numeric_limits<double>::infinity();
  double sum = 0.0;
  std::uint64_t count = 0;    // without the NaNs
  std::uint64_t missing = 0;  // NaNs

  void add(double value);
  double mean() const { return sum / static_cast<double>(count); }
};

// What a data set of features holds, judged by a sample of its rows: at most 16 blocks of some 8
// MB, evenly spread. It has one summary a column, or a single one of all numbers. `inspect` shows
// it.
struct FeatureSummary {
  std::uint64_t rows = 0;  // looked at
  std::vector<ValueSummary> columns;
};
FeatureSummary summarize_features(const hdf5::NumberDataset& features, bool by_column);

}  // namespace tusk::datasets
