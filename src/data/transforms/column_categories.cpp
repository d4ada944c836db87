// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstring>
#include <set>
#include <string>

#include "data/transforms/column_statistics.hpp"
#include "mpi/communicator.hpp"
#include "tusk/error.hpp"

namespace tusk::transforms {
namespace {

constexpr std::size_t most_categories = 1000;

}  // namespace

std::vector<double> column_categories(const FittingSamples& samples, std::size_t column) {
  std::set<double> mine;
  samples.visit(Columns({static_cast<std::uint32_t>(column)}), FittingSamples::Accept::finite,
                [&](std::size_t, std::span<const double> sample) {
                  if (mine.size() <= most_categories) mine.insert(sample[column]);
                });
  const mpi::Communicator& communicator = samples.communicator();
  const std::vector<double> sorted(mine.begin(), mine.end());
  for (const auto& of_rank : communicator.gather(std::span(sorted), 0)) {
    mine.insert(of_rank.begin(), of_rank.end());
  }
  std::string bytes(mine.size() * sizeof(double), '\0');
  std::copy(mine.begin(), mine.end(), reinterpret_cast<double*>(bytes.data()));
  bytes = communicator.broadcast(bytes, 0);
  std::vector<double> all(bytes.size() / sizeof(double));
  std::memcpy(all.data(), bytes.data(), bytes.size());
  samples.agree([&] {
    if (all.size() <= most_categories) return;
    samples.reject("column",
                   "has more than 1,000 different values in the training rows, which is "
                   "no set of categories");
  });
  return all;
}

}  // namespace tusk::transforms
