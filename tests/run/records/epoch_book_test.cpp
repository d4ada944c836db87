// SPDX-License-Identifier: Apache-2.0
#include "run/records/epoch_book.hpp"

#include <doctest/doctest.h>

using namespace tusk::records;

namespace {

// Adds a step with the score of its metrics and weights, as a Report has them.
std::optional<EpochRecord> add(EpochBook& book, const StepRecord& step,
                               std::span<const float> metrics,
                               const tusk::BatchScore::Weighing& weighing = {},
                               std::span<const double> weights = {}) {
  return book.add(step, score_of(step, metrics, weights, weighing));
}

}  // namespace

TEST_CASE("weighted metrics of an epoch are means by the weights, even if those of a step cancel") {
  EpochBook book(30);
  // An unweighted mean, and Σ w·metric.
  const float first[] = {0.5F, 1.0F};
  const float second[] = {1.0F, 2.0F};
  CHECK_FALSE(add(book, {.samples = 20, .loss = 3.0F, .weight = 0.0}, first, {0, 1}));
  const auto over = add(book, {.samples = 10, .loss = 6.0F, .weight = 4.0}, second, {0, 1});
  REQUIRE(over);
  CHECK(over->train.loss() == doctest::Approx(4.0));
  CHECK(over->train.weight_sums[0] == 4.0);
  CHECK(over->train.metric(0) == doctest::Approx(2.0 / 3.0));
  CHECK(over->train.metric(1) == doctest::Approx(3.0 / 4.0));
}

TEST_CASE("a weighted metric is a mean by the weights of its output") {
  EpochBook book(30);
  const float first[] = {1.0F, 3.0F};
  const float second[] = {2.0F, 5.0F};
  const double first_weights[] = {10.0};
  const double second_weights[] = {-2.0};
  CHECK_FALSE(add(book, {.samples = 20, .weight = 4.0}, first, {1, 2}, first_weights));
  const auto over = add(book, {.samples = 10, .weight = 2.0}, second, {1, 2}, second_weights);
  REQUIRE(over);
  CHECK(over->train.weight_sums[1] == 8.0);
  CHECK(over->train.metric(0) == 0.5);
  CHECK(over->train.metric(1) == 1.0);
}

TEST_CASE("an epoch is over when the workers together have trained its samples") {
  EpochBook book(100);
  const float accuracy[] = {0.5F};
  const StepRecord fast{
      .worker = 0, .epoch = 1, .step = 1, .time_s = 1.0, .samples = 60, .loss = 1.0F};
  const StepRecord slow{
      .worker = 1, .epoch = 1, .step = 1, .time_s = 3.0, .samples = 40, .loss = 2.0F};
  CHECK_FALSE(add(book, fast, accuracy));
  book.add(CommitRecord{.ticket = 0, .staleness = 0});
  book.add(CommitRecord{.ticket = 1, .staleness = 4});
  const auto first = add(book, slow, accuracy);
  REQUIRE(first);
  CHECK(first->epoch == 1);
  CHECK(first->samples == 100);
  CHECK(first->train.loss() == doctest::Approx(1.4));  // weighted by the batches' sizes
  CHECK(first->staleness.mean() == doctest::Approx(2.0));
  CHECK(first->staleness.max == 4);
  CHECK(first->samples_per_s == doctest::Approx(100.0 / 3.0));

  // The fast worker alone carries the second epoch; its scores are the epoch's.
  CHECK_FALSE(add(book, {.time_s = 4.0, .samples = 60, .loss = 0.5F}, accuracy));
  const auto second = add(book, {.time_s = 5.0, .samples = 60, .loss = 0.5F}, accuracy);
  REQUIRE(second);
  CHECK(second->epoch == 2);
  CHECK(second->samples == 220);
  CHECK(second->train.loss() == doctest::Approx(0.5));
  CHECK(second->staleness.commits == 0);
}
