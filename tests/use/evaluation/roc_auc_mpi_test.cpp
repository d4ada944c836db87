// SPDX-License-Identifier: Apache-2.0
#include "use/evaluation/roc_auc.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "mpi/communicator.hpp"
#include "tusk/random.hpp"

namespace tusk::evaluation {
namespace {

struct Scores {
  std::vector<Real> positives;
  std::vector<Real> negatives;
};

// Every pair, one by one.
double by_definition(const Scores& scores) {
  double wins = 0.0;
  for (const Real positive : scores.positives) {
    for (const Real negative : scores.negatives) {
      wins += positive > negative ? 1.0 : positive == negative ? 0.5 : 0.0;
    }
  }
  return wins / static_cast<double>(scores.positives.size() * scores.negatives.size());
}

// What a rank has of them: sample i is on rank i² mod ranks, so that some have few or none.
Scores part_of(const Scores& all, const mpi::Communicator& world) {
  const auto mine = [&](const std::vector<Real>& scores) {
    std::vector<Real> part;
    for (std::size_t i = 0; i < scores.size(); ++i) {
      if (i * i % static_cast<std::size_t>(world.size()) == static_cast<std::size_t>(world.rank()))
        part.push_back(scores[i]);
    }
    return part;
  };
  return {mine(all.positives), mine(all.negatives)};
}

// Rounded to so many steps, so that many are equal.
Scores draw(std::size_t positives, std::size_t negatives, double steps) {
  Random random(7, Stream::initial_weights);
  const auto score = [&](double shift) {
    return static_cast<Real>(std::round((random.normal() + shift) * steps) / steps);
  };
  Scores scores;
  for (std::size_t i = 0; i < positives; ++i) scores.positives.push_back(score(0.5));
  for (std::size_t i = 0; i < negatives; ++i) scores.negatives.push_back(score(0.0));
  return scores;
}

std::optional<double> auc_of(const mpi::Communicator& world, const Scores& all) {
  const Scores mine = part_of(all, world);
  return roc_auc(world, mine.positives, mine.negatives);
}

}  // namespace

TEST_CASE("the area under the ROC curve is the share of pairs in the right order") {
  const auto world = mpi::Communicator::world();
  for (const double steps : {1.0, 10.0, 1e6}) {
    const Scores scores = draw(311, 197, steps);
    CHECK(auc_of(world, scores).value() == doctest::Approx(by_definition(scores)).epsilon(1e-14));
  }
}

TEST_CASE("the area is 1, 0 and exactly a half where it should be") {
  const auto world = mpi::Communicator::world();
  CHECK(auc_of(world, {{2, 3, 4}, {0, 1}}) == 1.0);
  CHECK(auc_of(world, {{0, 1}, {2, 3, 4}}) == 0.0);
  CHECK(auc_of(world, {{1, 1, 1, 1, 1}, {1, 1}}) == 0.5);
  const Real most = std::numeric_limits<Real>::max();
  CHECK(auc_of(world, {{most, 0.0F}, {-most, -0.0F}}) == 0.875);
}

TEST_CASE("without positives or negatives there is no area") {
  const auto world = mpi::Communicator::world();
  CHECK_FALSE(auc_of(world, {{}, {1, 2}}).has_value());
  CHECK_FALSE(auc_of(world, {{1, 2}, {}}).has_value());
  CHECK_FALSE(auc_of(world, {{}, {}}).has_value());
}

}  // namespace tusk::evaluation
