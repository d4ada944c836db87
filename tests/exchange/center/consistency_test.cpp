// SPDX-License-Identifier: Apache-2.0
#include "exchange/center/consistency.hpp"

#include <doctest/doctest.h>

using namespace tusk;
using namespace tusk::center;

TEST_CASE("each transport gives what it promises and refuses the rest") {
  using enum Consistency;
  CHECK(offered(Transport::shared, std::nullopt) == snapshot);
  CHECK(offered(Transport::shared, snapshot) == snapshot);
  CHECK(offered(Transport::shared, element) == snapshot);
  CHECK(offered(Transport::shared, none) == none);
  CHECK(offered(Transport::message, std::nullopt) == snapshot);
  CHECK(offered(Transport::message, snapshot) == snapshot);
  CHECK_FALSE(offered(Transport::message, element));
  CHECK_FALSE(offered(Transport::message, none));
  CHECK(offered(Transport::rma, std::nullopt) == element);
  CHECK(offered(Transport::rma, element) == element);
  CHECK(offered(Transport::rma, snapshot) == snapshot);
  CHECK_FALSE(offered(Transport::rma, none));
}
