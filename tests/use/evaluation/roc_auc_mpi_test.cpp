// SPDX-License-Identifier: Apache-2.0
#include "use/evaluation/roc_auc.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <utility>
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

// The samples of all ranks, each with a weight; some are negative, and some cancel others.
struct WeightedScores {
  std::vector<WeightedScore> positives;
  std::vector<WeightedScore> negatives;

  explicit WeightedScores(const Scores& scores) {
    Random random(9, Stream::initial_weights);
    const auto weigh = [&](const std::vector<Real>& all, std::vector<WeightedScore>& weighted) {
      for (const Real score : all) {
        const double scale = std::pow(10.0, 12.0 * random.uniform() - 6.0);
        weighted.push_back({.score = score, .weight = scale * (random.normal() + 1.0)});
      }
      weighted.push_back({.score = 0.25F, .weight = 1e9});
      weighted.push_back({.score = 0.25F, .weight = -1e9});
      weighted.push_back({.score = 0.1F, .weight = 1e6});
    };
    weigh(scores.positives, positives);
    weigh(scores.negatives, negatives);
  }
};

// Every pair, one by one, and how large its terms are.
std::pair<double, double> by_definition(const WeightedScores& scores) {
  long double wins = 0.0L;
  long double size = 0.0L;
  long double of_positives = 0.0L;
  long double of_negatives = 0.0L;
  for (const WeightedScore& positive : scores.positives) of_positives += positive.weight;
  for (const WeightedScore& negative : scores.negatives) of_negatives += negative.weight;
  for (const WeightedScore& positive : scores.positives) {
    for (const WeightedScore& negative : scores.negatives) {
      const long double won = positive.score > negative.score    ? 1.0L
                              : positive.score == negative.score ? 0.5L
                                                                 : 0.0L;
      wins += won * positive.weight * negative.weight;
      size += won * std::abs(positive.weight * negative.weight);
    }
  }
  const long double all = of_positives * of_negatives;
  return {static_cast<double>(wins / all), static_cast<double>(size / std::abs(all))};
}

}  // namespace

TEST_CASE("with weights it is the share of the pairs' weight, the same on any number of ranks") {
  const auto world = mpi::Communicator::world();
  for (const double steps : {1.0, 10.0, 1e6}) {
    const WeightedScores all(draw(311, 197, steps));
    const auto [area, size] = by_definition(all);
    const auto part = [&](const std::vector<WeightedScore>& scores) {
      std::vector<WeightedScore> mine;
      for (std::size_t i = 0; i < scores.size(); ++i) {
        if (i * i % static_cast<std::size_t>(world.size()) ==
            static_cast<std::size_t>(world.rank())) {
          mine.push_back(scores[i]);
        }
      }
      return mine;
    };
    const auto shared = weighted_roc_auc(world, part(all.positives), part(all.negatives));
    const auto whole = weighted_roc_auc(world, world.rank() == 0 ? all.positives : part({}),
                                        world.rank() == 0 ? all.negatives : part({}));
    REQUIRE(shared.has_value());
    CHECK(std::abs(*shared - area) <= 1e-15 * size);
    CHECK(*shared == *whole);
  }
}

TEST_CASE("weights of 1 change nothing, and classes without weight have no area") {
  const auto world = mpi::Communicator::world();
  const auto ones = [&](const std::vector<Real>& scores) {
    std::vector<WeightedScore> weighted;
    for (const Real score : scores) {
      if (world.rank() == 0) weighted.push_back({.score = score, .weight = 1.0});
    }
    return weighted;
  };
  const Scores scores = draw(50, 60, 10.0);
  CHECK(weighted_roc_auc(world, ones(scores.positives), ones(scores.negatives)).value() ==
        doctest::Approx(by_definition(scores)).epsilon(1e-15));
  CHECK_FALSE(weighted_roc_auc(world, ones({}), ones({1, 2})).has_value());
  const std::vector<WeightedScore> cancelling{{1.0F, 1.0}, {2.0F, -1.0}};
  CHECK_FALSE(weighted_roc_auc(world, ones({1, 2}), cancelling).has_value());
}

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
