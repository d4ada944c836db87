// SPDX-License-Identifier: Apache-2.0
#include "exchange/strategies/reach.hpp"

#include <doctest/doctest.h>

using namespace tusk;
using strategies::largest_share;

namespace {

double share_of(const StrategyOptions& rule, std::size_t workers, bool overlap = false) {
  return largest_share({.strategy = rule, .overlap = overlap}, workers).value();
}

}  // namespace

TEST_CASE("how far a window may go is the limit of the rule's eigenvalues") {
  const auto near = [](double share) { return doctest::Approx(share).epsilon(0.01); };
  const AsyncLocalSgdOptions fast{.outer_learning_rate = 2.5};
  CHECK(share_of(fast, 1) == near(2.0 / 2.5));
  CHECK(share_of(fast, 4) == near(1.7802 / 2.5));
  CHECK(share_of(fast, 32) == near(1.5956 / 2.5));
  CHECK(share_of(fast, 32, true) == near(0.8149 / 2.5));
  CHECK(share_of(DelayedNesterovOptions{}, 4) == 1.0);
  CHECK(share_of(DelayedNesterovOptions{}, 32) == near(0.4405 / 0.7));
  CHECK(share_of(DelayedNesterovOptions{.outer_learning_rate = 1.5, .outer_momentum = 0.5}, 32) ==
        near(0.9485 / 1.5));
  CHECK(share_of(DilocoOptions{.outer_learning_rate = 2.0}, 8) == near(3.8 / 2.8 / 2.0));
}

TEST_CASE("by default a window may go all the way, or most of it, however many there are") {
  for (const std::size_t workers : {1U, 2U, 8U, 64U}) {
    CHECK(share_of(AsyncLocalSgdOptions{}, workers) == 1.0);
    CHECK(share_of(AsyncLocalSgdOptions{}, workers, true) == 1.0);
    CHECK(share_of(DilocoOptions{}, workers) == 1.0);
    CHECK(share_of(DelayedNesterovOptions{}, workers) > 0.55);
  }
}

TEST_CASE("rules without an outer learning rate are not asked how far a window may go") {
  for (const StrategyOptions& rule :
       {StrategyOptions{DownpourOptions{}}, StrategyOptions{SingleOptions{}},
        StrategyOptions{AveragingOptions{}}, StrategyOptions{EnsembleOptions{}}}) {
    CHECK_FALSE(largest_share({.strategy = rule}, 8));
  }
}
