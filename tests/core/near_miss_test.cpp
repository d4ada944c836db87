// SPDX-License-Identifier: Apache-2.0
#include "core/near_miss.hpp"

#include <doctest/doctest.h>

#include <vector>

using tusk::did_you_mean;

TEST_CASE("a near miss is suggested, a stranger is not") {
  const std::vector<std::string> keys{"epochs", "batch_size", "name"};
  CHECK(did_you_mean("epoch", keys) == "; did you mean 'epochs'?");
  CHECK(did_you_mean("batchsize", keys) == "; did you mean 'batch_size'?");
  CHECK(did_you_mean("transport", keys).empty());
}
