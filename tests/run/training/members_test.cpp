// SPDX-License-Identifier: Apache-2.0
#include "run/training/members.hpp"

#include <doctest/doctest.h>

#include <set>

#include "check_fails.hpp"

using namespace tusk;
using namespace tusk::training;

TEST_CASE("no two members of ensembles with neighbouring seeds have the same seed") {
  constexpr std::uint64_t exact_in_json = std::uint64_t{1} << 53U;
  std::set<std::uint64_t> seeds;
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    for (std::size_t member = 0; member < 40; ++member) {
      const std::uint64_t own = member_seed(seed, member);
      CHECK(own < exact_in_json);
      CHECK(own == member_seed(seed, member));
      CHECK(own != seed);
      seeds.insert(own);
    }
  }
  CHECK(seeds.size() == 40 * 40);
}

TEST_CASE("shards of members share the rows out, and need one each") {
  const datasets::Split split(5);
  std::vector<std::uint64_t> all;
  for (std::size_t member = 0; member < 5; ++member) {
    const auto rows =
        member_rows(split, {.index = member, .members = 5, .data = EnsembleData::shard})
            .to_vector();
    all.insert(all.end(), rows.begin(), rows.end());
  }
  CHECK(all == std::vector<std::uint64_t>{0, 1, 2, 3, 4});
  CHECK_FAILS(member_rows(split, {.members = 6, .data = EnsembleData::shard}),
              ExitCode::bad_experiment, "trainer.members = 6 with a shard each, but there are 5");
}
