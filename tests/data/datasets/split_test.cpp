// SPDX-License-Identifier: Apache-2.0
#include "data/datasets/split.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "check_fails.hpp"

namespace tusk::datasets {
namespace {

std::vector<std::uint64_t> rows_of_all_shards(const Split& split, std::size_t workers) {
  std::vector<std::uint64_t> all;
  for (std::size_t worker = 0; worker < workers; ++worker) {
    const auto rows = split.shard_rows(worker, workers, "file").to_vector();
    all.insert(all.end(), rows.begin(), rows.end());
  }
  return all;
}

}  // namespace

TEST_CASE("blocks follow each other and differ by at most one") {
  for (const std::uint64_t count : {1, 7, 8, 60'000}) {
    for (const std::size_t parts : {1, 2, 3, 7, 40}) {
      std::uint64_t next = 0;
      for (std::size_t part = 0; part < parts; ++part) {
        const Block block = block_of(count, part, parts);
        CHECK(block.begin == next);
        CHECK(block.size() >= count / parts);
        CHECK(block.size() <= count / parts + 1);
        next = block.end;
      }
      CHECK(next == count);
    }
  }
}

TEST_CASE("each row trains or validates, for any number of workers") {
  for (const double fraction : {0.01, 0.1, 0.5, 0.99}) {
    const std::uint64_t rows = 1000;
    const Split split(rows, fraction, 7);
    CHECK(split.validation_count() == static_cast<std::uint64_t>(std::llround(fraction * 1000.0)));
    const auto validation = split.validation_rows({0, split.validation_count()}).to_vector();
    for (const std::size_t workers : {1, 2, 3, 10}) {
      std::vector<std::uint64_t> all = rows_of_all_shards(split, workers);
      CHECK(all == split.training_rows({0, split.training_count()}).to_vector());
      all.insert(all.end(), validation.begin(), validation.end());
      std::sort(all.begin(), all.end());
      std::vector<std::uint64_t> every(rows);
      std::iota(every.begin(), every.end(), 0);
      CHECK(all == every);
    }
  }
}

TEST_CASE("without a fraction every row trains, in its order") {
  const Split split(5);
  CHECK(split.validation_count() == 0);
  CHECK(split.training_rows({1, 4}).to_vector() == std::vector<std::uint64_t>{1, 2, 3});
}

TEST_CASE("the sample is a function of the seed, and every row is as likely as any other") {
  const auto drawn = [](std::uint64_t seed) {
    return Split(100, 0.3, seed).validation_rows({0, 30}).to_vector();
  };
  CHECK(drawn(1) == drawn(1));
  CHECK(drawn(1) != drawn(2));
  std::vector<double> times(20, 0.0);
  const int draws = 20'000;
  for (int seed = 0; seed < draws; ++seed) {
    for (const auto row :
         Split(20, 0.25, static_cast<std::uint64_t>(seed)).validation_rows({0, 5}).to_vector())
      times[row] += 1.0;
  }
  const double sigma = std::sqrt(draws * 0.25 * 0.75);
  for (const double count : times) CHECK(std::abs(count - draws * 0.25) < 5.0 * sigma);
}

TEST_CASE("a split or a share without rows is refused") {
  CHECK_FAILS(Split(10, 0.01, 1), ExitCode::bad_data, "leaves 0 to validate and 10 to train");
  CHECK_FAILS(Split(10, 0.99, 1), ExitCode::bad_data, "leaves 10 to validate and 0 to train");
  CHECK_NOTHROW(Split(3).shard_rows(2, 3, "few.h5"));
  CHECK_FAILS(Split(3).shard_rows(0, 4, "few.h5"), ExitCode::bad_data,
              "few.h5: 4 workers cannot share 3 training rows");
}

}  // namespace tusk::datasets
