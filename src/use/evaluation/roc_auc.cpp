// SPDX-License-Identifier: Apache-2.0
#include "use/evaluation/roc_auc.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

#include "mpi/communicator.hpp"

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

// Hands `mine` to the next rank and gets what the previous one has, `size` numbers.
std::vector<Real> pass_on(const mpi::Communicator& world, const std::vector<Real>& mine,
                          std::size_t size) {
  const int next = (world.rank() + 1) % world.size();
  const int previous = (world.rank() + world.size() - 1) % world.size();
  std::vector<Real> theirs(size);
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
