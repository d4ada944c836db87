// SPDX-License-Identifier: Apache-2.0
#include "data/samples/shard_balance.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "core/log.hpp"
#include "data/samples/sample_source.hpp"
#include "mpi/collectively.hpp"
#include "mpi/communicator.hpp"

namespace tusk::samples {
namespace {

constexpr double tolerance = 0.2;

// The total variation ½ Σ |p − q| of two distributions that are given as counts.
double total_variation(const std::vector<double>& a, double a_total, const std::vector<double>& b,
                       double b_total) {
  double sum = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += std::abs(a[i] / a_total - b[i] / b_total);
  return sum / 2.0;
}

bool counts_from_one(const std::vector<double>& counts) {
  return counts.size() > 2 && counts.front() == 0.0 &&
         std::all_of(counts.begin() + 1, counts.end(), [](double count) { return count > 0.0; });
}

}  // namespace

double warn_of_uneven_shards(const SampleSource& shard, const mpi::Communicator& communicator) {
  std::vector<std::uint64_t> counts;
  mpi::collectively(communicator, [&] { counts = shard.class_counts(); });
  const std::size_t classes = communicator.max(counts.size());
  if (classes == 0) return 0.0;
  std::vector<double> mine(classes, 0.0);
  std::ranges::copy(counts, mine.begin());
  std::vector<double> all(mine);
  communicator.sum(all);
  if (counts_from_one(all)) {
    warning(
        "no training row is of class 0, though rows of all classes from 1 to {} are there: classes "
        "count from 0, and labels that count from 1 leave the model's first output unused",
        all.size() - 1);
  }
  const auto size = static_cast<double>(shard.size());
  const auto total = static_cast<double>(communicator.sum(shard.size()));
  double excess = 0.0;  // over what chance makes of a sample of this size
  if (!shard.empty()) {
    const double chance = 0.4 * std::sqrt(static_cast<double>(classes) / size);
    excess = std::max(0.0, total_variation(mine, size, all, total) - chance);
  }
  const double largest = static_cast<double>(communicator.max(
                             static_cast<std::uint64_t>(std::llround(1000.0 * excess)))) /
                         1000.0;
  if (largest > tolerance) {
    warning(
        "the classes are spread unevenly over the workers' shards (total variation {:.2f}), which "
        "slows asynchronous training down: shuffle the rows of the training file",
        largest);
  }
  return largest;
}

}  // namespace tusk::samples
