// SPDX-License-Identifier: Apache-2.0
#include "data/datasets/feature_summary.hpp"

#include <algorithm>
#include <cmath>
#include <span>

namespace tusk::datasets {
namespace {

constexpr std::uint64_t sampled_blocks = 16;

}  // namespace

void ValueSummary::add(double value) {
  if (std::isnan(value)) {
    ++missing;
    return;
  }
  lowest = std::min(lowest, value);
  highest = std::max(highest, value);
  sum += value;
  ++count;
}

FeatureSummary summarize_features(const hdf5::NumberDataset& features, bool by_column) {
  const std::size_t columns = by_column ? features.row_elements() : 1;
  FeatureSummary summary{0, std::vector<ValueSummary>(columns)};
  std::vector<double> block;
  for (std::uint64_t part = 0; part < sampled_blocks; ++part) {
    const std::uint64_t begin = features.rows() * part / sampled_blocks;
    const std::uint64_t part_end = features.rows() * (part + 1) / sampled_blocks;
    const std::uint64_t rows = std::min(part_end - begin, features.rows_per_transfer());
    block.resize(rows * features.row_elements());
    features.read(begin, std::span(block));
    for (std::size_t i = 0; i < block.size(); ++i) summary.columns[i % columns].add(block[i]);
    summary.rows += rows;
  }
  return summary;
}

}  // namespace tusk::datasets
