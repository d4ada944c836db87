// SPDX-License-Identifier: Apache-2.0
#include "run/training/roles.hpp"

#include <doctest/doctest.h>

#include <string>

#include "check_fails.hpp"

using namespace tusk;
using strategies::Topology;
using training::assign_roles;

TEST_CASE("the first ranks serve, a shard each, and the others are workers 0, 1, …") {
  for (const std::size_t shards : {1U, 2U, 3U}) {
    const int ranks = 7;
    for (int rank = 0; rank < ranks; ++rank) {
      const auto roles = assign_roles(Topology::parameter_server, shards, rank, ranks);
      const auto index = static_cast<std::size_t>(rank);
      CHECK_FALSE(roles.in_process);
      CHECK(roles.workers == 7 - shards);
      CHECK(roles.worker ==
            (index < shards ? std::nullopt : std::optional<std::size_t>(index - shards)));
    }
  }
  CHECK(assign_roles(Topology::peers, 1, 2, 4).worker == 2U);
}

TEST_CASE("servers that leave no rank to work are an error; a single rank may be for checks") {
  CHECK_FAILS(
      assign_roles(Topology::parameter_server, 2, 0, 2), ExitCode::bad_experiment,
      "server.shards = 2 needs at least 3 ranks, 2 servers and a worker, but the job has 2");
  CHECK_FAILS(assign_roles(Topology::parameter_server, 1024, 5, 8), ExitCode::bad_experiment,
              "server.shards = 1024 needs at least 1025 ranks");
  CHECK(assign_roles(Topology::parameter_server, 2, 0, 1).in_process);
  CHECK_FAILS(training::require_worker(2, 1), ExitCode::bad_experiment, "but the job has 1");
  CHECK_NOTHROW(training::require_worker(1, 1));
}
