// SPDX-License-Identifier: Apache-2.0
#include "data/samples/shared_rows.hpp"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <numeric>
#include <span>
#include <string_view>
#include <vector>

#include "core/log.hpp"
#include "data/datasets/split.hpp"
#include "data/samples/batches.hpp"
#include "data/samples/sample_source.hpp"
#include "mpi/collectively.hpp"
#include "mpi/communicator.hpp"

namespace tusk::samples {
namespace {

constexpr std::size_t most_of_others = 1000;
constexpr std::size_t most_trained = 20'000;
constexpr std::size_t most_numbers = std::size_t{1} << 24;
constexpr std::size_t stretches = 16;  // of neighbours, evenly spread
constexpr double usual_share = 0.1;

// Hashes of some samples as the model sees them, evenly spread; at most so many.
std::vector<std::uint64_t> hashes_of(const SampleSource& samples, std::size_t most) {
  std::vector<std::uint64_t> hashes;
  const std::vector<std::size_t>& widths = samples.form().inputs;
  const std::size_t width =
      std::max<std::size_t>(std::accumulate(widths.begin(), widths.end(), std::size_t{0}), 1);
  const std::size_t wanted = std::min({most, samples.size(), most_numbers / width});
  for (std::size_t i = 0; i < stretches; ++i) {
    const datasets::Block all = datasets::block_of(samples.size(), i, stretches);
    const datasets::Block mine = datasets::block_of(wanted, i, stretches);
    if (mine.size() == 0) continue;
    const auto part = samples.part_of({all.begin, all.begin + mine.size()}, 1);
    Batches batches(*part, {.batch_size = 64, .shuffle = false, .epochs = 1});
    batches.start_epoch(1);
    while (const auto batch = batches.next()) {
      for (std::size_t column = 0; column < batch->samples; ++column) {
        std::uint64_t hash = 0;
        for (const ConstMatrix& input : batch->inputs) {
          const auto bytes = std::as_bytes(input.col(column));
          hash = 31 * hash + std::hash<std::string_view>()(
                                 {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
        }
        hashes.push_back(hash);
      }
    }
  }
  return hashes;
}

// The hashes that rank 0 has, on every rank, each once; none if they repeat one another.
std::vector<std::uint64_t> hashes_to_find(const SampleSource* others,
                                          const mpi::Communicator& communicator) {
  std::vector<std::uint64_t> hashes;
  mpi::collectively(communicator, [&] {
    if (others == nullptr || communicator.rank() != 0) return;
    hashes = hashes_of(*others, most_of_others);
    const std::size_t looked_at = hashes.size();
    std::ranges::sort(hashes);
    hashes.erase(std::unique(hashes.begin(), hashes.end()), hashes.end());
    const auto repeated = static_cast<double>(looked_at - hashes.size());
    if (repeated > usual_share * static_cast<double>(looked_at)) hashes.clear();
  });
  for (const auto& of_rank : communicator.all_gather(std::span<const std::uint64_t>(hashes))) {
    if (!of_rank.empty()) return of_rank;
  }
  return {};
}

}  // namespace

double warn_of_shared_rows(const SampleSource& shard, const SampleSource* others,
                           std::string_view kind, const mpi::Communicator& communicator) {
  const std::vector<std::uint64_t> wanted = hashes_to_find(others, communicator);
  if (wanted.empty()) return 0.0;
  std::vector<std::uint64_t> found(wanted.size(), 0);
  std::uint64_t looked_at = 0;
  mpi::collectively(communicator, [&] {
    const std::vector<std::uint64_t> mine = hashes_of(shard, most_trained);
    looked_at = mine.size();
    for (const std::uint64_t hash : mine) {
      const auto place = std::ranges::lower_bound(wanted, hash);
      if (place == wanted.end() || *place != hash) continue;
      found[static_cast<std::size_t>(place - wanted.begin())] = 1;
    }
  });
  communicator.sum(std::span(found));
  const auto all = static_cast<double>(communicator.sum(static_cast<std::uint64_t>(shard.size())));
  const auto seen = static_cast<double>(communicator.sum(looked_at));
  const auto shared = static_cast<double>(
      std::ranges::count_if(found, [](std::uint64_t times) { return times > 0; }));
  if (seen == 0.0) return 0.0;
  const double share = std::min(1.0, shared / static_cast<double>(wanted.size()) * (all / seen));
  if (share <= usual_share) return 0.0;
  warning(
      "{:.0f} % of the {} rows are training rows, too, as far as was looked: the {} says little "
      "about other data",
      100.0 * share, kind, kind);
  return share;
}

}  // namespace tusk::samples
