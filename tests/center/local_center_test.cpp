// SPDX-License-Identifier: Apache-2.0
#include "tusk/center/local_center.hpp"

#include <doctest/doctest.h>

#include "cases.hpp"
#include "tusk/core/error.hpp"

using namespace tusk;
using namespace tusk::center;
using namespace tusk::center::testing;

namespace {

MakeSite local(std::size_t workers) {
  return [=](std::span<const float> initial) { return make_local_site(initial, workers); };
}

}  // namespace

TEST_CASE("local: handles on one state are linearizable, with exact staleness for each") {
  for (const std::size_t workers : {1U, 2U, 5U}) {
    CAPTURE(workers);
    check_linearizable(local(workers));
    check_growth(local(workers));
    check_elastic_conserves(local(workers));
    check_board(local(workers));
  }
}

TEST_CASE("staleness counts the commits of others since the worker's last pull") {
  const auto state = make_local_state(std::vector<float>(2), 2);
  LocalCenter ann(state);
  LocalCenter bob(state);
  std::vector<float> out(2);
  const std::vector<float> ones(2, 1.0F);
  CHECK(ann.pull(out) == 0);
  CHECK(bob.pull(out) == 0);
  CHECK(bob.commit(ones).staleness == 0);
  CHECK(bob.commit(ones).staleness == 0);  // its own commit before does not count
  CHECK(ann.commit(ones).staleness == 2);
  CHECK(bob.commit_and_pull(ones, out).staleness == 1);
  CHECK(out == std::vector<float>(2, 4.0F));
  CHECK(bob.commit(ones).staleness == 0);
  CHECK(ann.commit_scaled(ones, {}, out).staleness == 4);
  CHECK(ann.elastic(ones, 0.5F, out).ticket == 6);
  CHECK(LocalServer(state).updates() == 7);
}

TEST_CASE("a delta is scaled first, then added") {
  // In float, 1e8 + 4/3 keeps nothing of the third; (1e8 + 4)/3 would.
  const auto state = make_local_state(std::vector<float>{1e8F}, 2);
  LocalCenter ann(state);
  LocalCenter bob(state);
  std::vector<float> out(1);
  const std::vector<float> four{4.0F};
  const std::vector<float> nothing{0.0F};
  ann.pull(out);
  bob.commit(nothing);
  bob.commit(nothing);
  ann.commit_scaled(four, {}, out);
  CHECK(out[0] == 1e8F + 4.0F / 3.0F);
}

TEST_CASE("a vector of another size than the center's is refused") {
  const auto state = make_local_state(std::vector<float>(3), 1);
  LocalCenter center(state);
  std::vector<float> right(3);
  std::vector<float> wrong(4);
  CHECK_THROWS_AS(center.pull(wrong), Error);
  CHECK_THROWS_AS(center.commit(wrong), Error);
  CHECK_THROWS_AS(center.commit_and_pull(right, wrong), Error);
  CHECK_THROWS_AS(center.commit_scaled(right, {Scaling::Rule::proximity, wrong, 1.0F}, right),
                  Error);
  CHECK_THROWS_AS(center.elastic(right, 0.5F, wrong), Error);
}
