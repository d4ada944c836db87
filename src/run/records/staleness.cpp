// SPDX-License-Identifier: Apache-2.0
#include "run/records/staleness.hpp"

#include <algorithm>

namespace tusk::records {

void Staleness::add(std::uint64_t staleness) {
  ++commits;
  sum += staleness;
  max = std::max(max, staleness);
  const auto bin = static_cast<std::size_t>(std::min<std::uint64_t>(staleness, bins - 1));
  if (counts.size() <= bin) counts.resize(bin + 1);
  ++counts[bin];
}

Staleness& Staleness::operator+=(const Staleness& other) {
  commits += other.commits;
  sum += other.sum;
  max = std::max(max, other.max);
  if (counts.size() < other.counts.size()) counts.resize(other.counts.size());
  for (std::size_t bin = 0; bin < other.counts.size(); ++bin) counts[bin] += other.counts[bin];
  return *this;
}

double Staleness::mean() const {
  return commits == 0 ? 0.0 : static_cast<double>(sum) / static_cast<double>(commits);
}

void Staleness::keep(State& state) {
  state("commits", commits);
  state("sum", sum);
  state("max", max);
  state("counts", counts);
}

}  // namespace tusk::records
