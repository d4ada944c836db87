// SPDX-License-Identifier: Apache-2.0
#include "data/datasets/split.hpp"

#include <algorithm>
#include <cmath>
#include <memory>
#include <utility>

#include "tusk/error.hpp"
#include "tusk/random.hpp"

namespace tusk::datasets {
namespace {

// `wanted` of the numbers 0 … count−1, ascending, every subset equally likely: selection sampling
// (Knuth, The Art of Computer Programming 2, algorithm 3.4.2 S).
std::vector<std::uint64_t> sample(std::uint64_t count, std::uint64_t wanted, Random& random) {
  std::vector<std::uint64_t> chosen;
  chosen.reserve(wanted);
  for (std::uint64_t row = 0; chosen.size() < wanted; ++row) {
    if (random.below(count - row) < wanted - chosen.size()) chosen.push_back(row);
  }
  return chosen;
}

}  // namespace

Block block_of(std::uint64_t count, std::size_t part, std::size_t parts) {
  const std::uint64_t small = count / parts;
  const std::uint64_t larger = count % parts;  // so many blocks, the first ones, have one more
  const std::uint64_t begin = part * small + std::min<std::uint64_t>(part, larger);
  return {begin, begin + small + (part < larger ? 1 : 0)};
}

Split::Split(std::uint64_t rows, double fraction, std::uint64_t seed) {
  const auto wanted =
      static_cast<std::uint64_t>(std::llround(fraction * static_cast<double>(rows)));
  if (wanted == 0 || wanted >= rows) {
    fail(ExitCode::bad_data,
         "data.validation_split = {} of {} rows leaves {} to validate and {} to train; each needs "
         "one at least",
         fraction, rows, wanted, rows - std::min(wanted, rows));
  }
  Random random(seed, Stream::validation_split);
  const auto drawn = std::make_shared<const Rows::List>(sample(rows, wanted, random));
  validation_ = Rows(drawn);
  training_ = Rows::all_but(rows, drawn);
}

Split::Split(std::uint64_t rows, Rows::List validation) {
  const auto drawn = std::make_shared<const Rows::List>(std::move(validation));
  validation_ = Rows(drawn);
  training_ = Rows::all_but(rows, drawn);
}

Rows Split::shard_rows(std::size_t worker, std::size_t workers, const std::string& path) const {
  if (workers > training_count()) {
    fail(ExitCode::bad_data, "{}: {} workers cannot share {} training rows: use fewer ranks", path,
         workers, training_count());
  }
  return training_rows(block_of(training_count(), worker, workers));
}

}  // namespace tusk::datasets
