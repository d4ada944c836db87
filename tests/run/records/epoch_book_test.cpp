// SPDX-License-Identifier: Apache-2.0
#include "run/records/epoch_book.hpp"

#include <doctest/doctest.h>

using namespace tusk::records;

TEST_CASE("an epoch is over when the workers together have trained its samples") {
  EpochBook book(100);
  const float accuracy[] = {0.5F};
  const StepRecord fast{
      .worker = 0, .epoch = 1, .step = 1, .time_s = 1.0, .samples = 60, .loss = 1.0F};
  const StepRecord slow{
      .worker = 1, .epoch = 1, .step = 1, .time_s = 3.0, .samples = 40, .loss = 2.0F};
  CHECK_FALSE(book.add(fast, accuracy));
  book.add(CommitRecord{.ticket = 0, .staleness = 0});
  book.add(CommitRecord{.ticket = 1, .staleness = 4});
  const auto first = book.add(slow, accuracy);
  REQUIRE(first);
  CHECK(first->epoch == 1);
  CHECK(first->samples == 100);
  CHECK(first->train.loss() == doctest::Approx(1.4));  // weighted by the batches' sizes
  CHECK(first->staleness.mean() == doctest::Approx(2.0));
  CHECK(first->staleness.max == 4);
  CHECK(first->samples_per_s == doctest::Approx(100.0 / 3.0));

  // The fast worker alone carries the second epoch; its scores are the epoch's.
  CHECK_FALSE(book.add({.time_s = 4.0, .samples = 60, .loss = 0.5F}, accuracy));
  const auto second = book.add({.time_s = 5.0, .samples = 60, .loss = 0.5F}, accuracy);
  REQUIRE(second);
  CHECK(second->epoch == 2);
  CHECK(second->samples == 220);
  CHECK(second->train.loss() == doctest::Approx(0.5));
  CHECK(second->staleness.commits == 0);
}
