// SPDX-License-Identifier: Apache-2.0
#include "data/transforms/column_statistics.hpp"

#include <algorithm>
#include <limits>
#include <span>

#include "mpi/communicator.hpp"

namespace tusk::transforms {
namespace {

// Collective. Gives every rank the statistics of every block. Each comes from the one rank that has
// computed it: the others add 0, which is exact.
template <typename Statistic>
void share_blocks(const FittingSamples& samples, std::vector<Statistic>& of_blocks) {
  static_assert(sizeof(Statistic) % sizeof(double) == 0);
  samples.communicator().sum(std::span(reinterpret_cast<double*>(of_blocks.data()),
                                       of_blocks.size() * sizeof(Statistic) / sizeof(double)));
}

}  // namespace

void Moments::add(double x) {
  count += 1.0;
  const double delta = x - mean;
  mean += delta / count;
  squares += delta * (x - mean);
}

void Moments::add(const Moments& other) {
  if (other.count == 0.0) return;
  const double total = count + other.count;
  const double delta = other.mean - mean;
  mean += delta * (other.count / total);
  squares += other.squares + delta * delta * (count * other.count / total);
  count = total;
}

std::vector<Moments> column_moments(const FittingSamples& samples, const Columns& columns,
                                    const Gap* gap) {
  using Accept = FittingSamples::Accept;
  const std::size_t count = columns.count(samples.width());
  std::vector<Moments> of_blocks(samples.blocks() * count);
  samples.visit(columns, gap != nullptr ? Accept::gaps : Accept::finite,
                [&](std::size_t block, std::span<const double> sample) {
                  Moments* const of_block = of_blocks.data() + block * count;
                  columns.each(sample, [=](std::size_t i, double x) {
                    if (gap == nullptr || !(gap->is(x) || std::isnan(x))) of_block[i].add(x);
                  });
                });
  share_blocks(samples, of_blocks);
  std::vector<Moments> all(of_blocks.begin(),
                           of_blocks.begin() + static_cast<std::ptrdiff_t>(count));
  for (std::size_t i = count; i < of_blocks.size(); ++i) all[i % count].add(of_blocks[i]);
  return all;
}

std::vector<Extremes> column_extremes(const FittingSamples& samples, const Columns& columns) {
  // What has been seen of a column in a block; all zeros if the block has no samples.
  struct Seen {
    double any = 0.0;
    double lowest = 0.0;
    double highest = 0.0;
  };
  const std::size_t count = columns.count(samples.width());
  std::vector<Seen> of_blocks(samples.blocks() * count);
  samples.visit(columns, FittingSamples::Accept::finite,
                [&](std::size_t block, std::span<const double> sample) {
                  Seen* const of_block = of_blocks.data() + block * count;
                  columns.each(sample, [=](std::size_t i, double x) {
                    Seen& seen = of_block[i];
                    seen = seen.any == 0.0
                               ? Seen{1.0, x, x}
                               : Seen{1.0, std::min(seen.lowest, x), std::max(seen.highest, x)};
                  });
                });
  share_blocks(samples, of_blocks);
  constexpr double infinity = std::numeric_limits<double>::infinity();
  std::vector<Extremes> all(count, {infinity, -infinity});
  for (std::size_t i = 0; i < of_blocks.size(); ++i) {
    if (of_blocks[i].any == 0.0) continue;
    Extremes& column = all[i % count];
    column.lowest = std::min(column.lowest, of_blocks[i].lowest);
    column.highest = std::max(column.highest, of_blocks[i].highest);
  }
  return all;
}

}  // namespace tusk::transforms
