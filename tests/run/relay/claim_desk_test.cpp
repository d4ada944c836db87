// SPDX-License-Identifier: Apache-2.0
#include "run/relay/claim_desk.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <vector>

using namespace tusk;
using relay::ClaimDesk;
using Claims = std::vector<std::uint64_t>;

TEST_CASE("claim desk: each number is given out once, those that come back before the others") {
  ClaimDesk desk(4, 20);
  CHECK(desk.grant(1, 2, 3).claims == Claims{4, 5, 6});
  CHECK(desk.grant(0, 2, 3).claims == Claims{7, 8});
  desk.take_back({8, 5});
  CHECK(desk.back() == Claims{5, 8});
  CHECK(desk.next() == 9);
  CHECK(desk.grant(3, 0, 3).claims == Claims{5, 8, 9});
  CHECK(desk.back().empty());
}

TEST_CASE("claim desk: of the last, as many as there are workers, none is given out ahead") {
  ClaimDesk desk(0, 10);
  const ClaimDesk::Grant first = desk.grant(1, 9, 4);
  CHECK(first.claims == Claims{0, 1, 2, 3, 4, 5});
  CHECK(first.closed);
  CHECK(!first.over);
  CHECK(desk.grant(0, 4, 4).claims.empty());
  CHECK(desk.grant(1, 4, 4).claims == Claims{6});
  const ClaimDesk::Grant last = desk.grant(5, 0, 4);
  CHECK(last.claims == Claims{7, 8, 9});
  CHECK(last.over);
  desk.take_back({8});
  CHECK(desk.grant(1, 1, 4).claims == Claims{8});
  CHECK(desk.grant(1, 1, 4).claims.empty());
  CHECK(desk.next() == 10);
}

TEST_CASE("claim desk: a checkpoint keeps what is left") {
  ClaimDesk desk(0, 6);
  CHECK(desk.grant(4, 0, 1).claims.size() == 4);
  desk.take_back({1, 3});
  const auto kept = State::written([&](State& state) { desk.keep(state); });
  ClaimDesk later(0, 6);
  State state(kept, "memory");
  later.keep(state);
  CHECK(later.grant(6, 0, 1).claims == Claims{1, 3, 4, 5});
}
