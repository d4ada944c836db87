// SPDX-License-Identifier: Apache-2.0
#include "use/evaluation/roc_auc.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

#include "mpi/communicator.hpp"
#include "use/evaluation/precise_sum.hpp"
#include "use/evaluation/summation_blocks.hpp"

namespace tusk::evaluation {
namespace {

constexpr std::size_t piece_bytes = 1UL << 30;  // of a message
constexpr int tag = 0;

// Counts the pairs with the larger positive twice and pairs of equals once. Both lists are in
// ascending order.
std::uint64_t count_pairs(std::span<const Real> positives, std::span<const Real> negatives) {
  std::uint64_t twice = 0;
  std::size_t below = 0;      // negatives smaller than the positive
  std::size_t not_above = 0;  // and those that equal it
  for (const Real positive : positives) {
    while (below < negatives.size() && negatives[below] < positive) ++below;
    not_above = std::max(not_above, below);
    while (not_above < negatives.size() && negatives[not_above] == positive) ++not_above;
    twice += below + not_above;
  }
  return twice;
}

// Adds w₊ Σ w₋ of the negatives below each positive, and half of those that equal it. Both lists
// are in ascending order.
void add_pairs(std::span<const WeightedScore> positives, std::span<const WeightedScore> negatives,
               PreciseSum& pairs) {
  PreciseSum below;      // the weight of the negatives smaller than the positive
  PreciseSum not_above;  // and of those that equal it
  std::size_t first = 0;
  std::size_t last = 0;
  for (const WeightedScore& positive : positives) {
    for (; first < negatives.size() && negatives[first].score < positive.score; ++first) {
      below.add(negatives[first].weight);
    }
    for (; last < negatives.size() && negatives[last].score <= positive.score; ++last) {
      not_above.add(negatives[last].weight);
    }
    pairs.add_product(0.5 * positive.weight, below);
    pairs.add_product(0.5 * positive.weight, not_above);
  }
}

// Hands `mine` to the next rank and gets what the previous one has, `size` of them.
template <typename Score>
std::vector<Score> pass_on(const mpi::Communicator& world, const std::vector<Score>& mine,
                           std::size_t size) {
  const int next = (world.rank() + 1) % world.size();
  const int previous = (world.rank() + world.size() - 1) % world.size();
  std::vector<Score> theirs(size);
  const auto to = std::as_bytes(std::span(mine));
  const auto from = std::as_writable_bytes(std::span(theirs));
  const auto piece = [](auto bytes, std::size_t begin) {
    return bytes.subspan(begin, std::min(piece_bytes, bytes.size() - begin));
  };
  for (std::size_t begin = 0; begin < std::max(to.size(), from.size()); begin += piece_bytes) {
    mpi::Request receive;
    mpi::Request send;
    if (begin < from.size()) receive = world.ireceive(piece(from, begin), previous, tag);
    if (begin < to.size()) send = world.isend(piece(to, begin), next, tag);
    receive.wait();
    send.wait();
  }
  return theirs;
}

}  // namespace

std::optional<double> weighted_roc_auc(const mpi::Communicator& world,
                                       std::vector<WeightedScore> positives,
                                       std::vector<WeightedScore> negatives) {
  std::ranges::sort(positives, {}, &WeightedScore::score);
  std::ranges::sort(negatives, {}, &WeightedScore::score);
  const auto ranks = static_cast<std::size_t>(world.size());
  const auto rank = static_cast<std::size_t>(world.rank());
  std::vector<std::uint64_t> sizes(ranks);  // of the ranks' negatives
  sizes[rank] = negatives.size();
  world.sum(std::span(sizes));

  struct Sums {
    PreciseSum pairs;
    PreciseSum positives;
    PreciseSum negatives;

    Sums& operator+=(const Sums& other) {
      pairs += other.pairs;
      positives += other.positives;
      negatives += other.negatives;
      return *this;
    }
  };
  Sums mine;
  for (const WeightedScore& positive : positives) mine.positives.add(positive.weight);
  for (const WeightedScore& negative : negatives) mine.negatives.add(negative.weight);
  add_pairs(positives, negatives, mine.pairs);
  std::vector<WeightedScore> visiting = std::move(negatives);
  for (std::size_t turn = 1; turn < ranks; ++turn) {
    visiting = pass_on(world, visiting, sizes[(rank + ranks - turn) % ranks]);
    add_pairs(positives, visiting, mine.pairs);
  }
  const Sums all = sum_in_order(world, std::span<const Sums>(&mine, 1), 1).front();
  const double of_positives = all.positives.value();
  const double of_negatives = all.negatives.value();
  if (!(of_positives > 0.0) || !(of_negatives > 0.0)) return std::nullopt;
  return all.pairs.value() / of_positives / of_negatives;
}

std::optional<double> roc_auc(const mpi::Communicator& world, std::vector<Real> positives,
                              std::vector<Real> negatives) {
  std::ranges::sort(positives);
  std::ranges::sort(negatives);
  const auto ranks = static_cast<std::size_t>(world.size());
  const auto rank = static_cast<std::size_t>(world.rank());
  std::vector<std::uint64_t> sizes(ranks);  // of the ranks' negatives
  sizes[rank] = negatives.size();
  world.sum(std::span(sizes));

  std::uint64_t twice = count_pairs(positives, negatives);
  std::vector<Real> visiting = std::move(negatives);
  for (std::size_t turn = 1; turn < ranks; ++turn) {
    visiting = pass_on(world, visiting, sizes[(rank + ranks - turn) % ranks]);
    twice += count_pairs(positives, visiting);
  }
  const auto all_positives = static_cast<double>(world.sum(std::uint64_t{positives.size()}));
  double all_negatives = 0.0;
  for (const std::uint64_t size : sizes) all_negatives += static_cast<double>(size);
  twice = world.sum(twice);
  if (all_positives == 0.0 || all_negatives == 0.0) return std::nullopt;
  return static_cast<double>(twice) / (2.0 * all_positives * all_negatives);
}

}  // namespace tusk::evaluation
