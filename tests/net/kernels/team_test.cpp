// SPDX-License-Identifier: Apache-2.0
#include "tusk/team.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <ctime>
#include <limits>
#include <stdexcept>
#include <vector>

#include "check_fails.hpp"

using namespace tusk;

namespace {

constexpr std::size_t dear = std::size_t{1} << 30U;  // a cost that is worth a thread

double cpu_time_s() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

}  // namespace

TEST_CASE("shares are all of the numbers, each once, from multiples of the grain") {
  for (const std::size_t threads : {1, 2, 3, 7}) {
    kernels::Team team(threads);
    CHECK(team.threads() == threads);
    for (const std::size_t count : {0, 1, 2, 47, 48, 49, 500, 1000}) {
      for (const std::size_t grain : {1, 48}) {
        std::vector<int> seen(count);
        std::vector<std::atomic<int>> runs(threads);
        std::atomic<bool> well_cut = true;
        team.share(count, grain, dear, [&](const kernels::Share& share) {
          ++runs[share.index];
          if (share.first % grain != 0 || share.first >= share.last) well_cut = false;
          for (std::size_t i = share.first; i < share.last; ++i) ++seen[i];
        });
        CHECK(seen == std::vector<int>(count, 1));
        CHECK(well_cut);
        const std::size_t shares = std::min(threads, (count + grain - 1) / grain);
        for (std::size_t i = 0; i < threads; ++i) CHECK(runs[i] == (i < shares ? 1 : 0));
      }
    }
  }
}

TEST_CASE("a share's parts of other numbers are all of them") {
  for (const std::size_t count : {0, 1, 5, 10}) {
    std::size_t next = 0;
    for (std::size_t index = 0; index < 4; ++index) {
      const kernels::Share share{.index = index, .of = 4};
      CHECK(share.first_of(count) == next);
      next = share.last_of(count);
    }
    CHECK(next == count);
  }
}

TEST_CASE("many short works in a row, and none is lost or done twice") {
  kernels::Team team(4);
  std::size_t total = 0;
  std::vector<std::size_t> parts(4);
  for (std::size_t round = 0; round < 20'000; ++round) {
    team.share(round % 5, 1, dear, [&](const kernels::Share& share) {
      for (std::size_t i = share.first; i < share.last; ++i) parts[share.index] += i + 1;
    });
    total += (round % 5) * (round % 5 + 1) / 2;
  }
  CHECK(parts[0] + parts[1] + parts[2] + parts[3] == total);
}

TEST_CASE("what is too little for two threads stays on the caller's") {
  kernels::Team team(4);
  std::size_t calls = 0;
  team.share(1000, 1, 1, [&](const kernels::Share& share) {
    ++calls;
    CHECK(share.of == 1);
    CHECK(share.last == 1000);
  });
  CHECK(calls == 1);
}

TEST_CASE("an error of any thread reaches the caller, and the team goes on") {
  kernels::Team team(3);
  for (const std::size_t bad : {0, 1, 2}) {
    CHECK_THROWS_WITH_AS(team.share(3, 1, dear,
                                    [&](const kernels::Share& share) {
                                      if (share.index == bad) throw std::runtime_error("broken");
                                    }),
                         "broken", std::runtime_error);
    std::atomic<int> done = 0;
    team.share(3, 1, dear, [&](const kernels::Share&) { ++done; });
    CHECK(done == 3);
  }
}

TEST_CASE("threads that have nothing to do sleep") {
  kernels::Team team(4);
  team.share(4, 1, dear, [](const kernels::Share&) {});
  const double before = cpu_time_s();
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  CHECK(cpu_time_s() - before < 0.1);  // of 0.8 s that three spinning threads would take with this
}

TEST_CASE("a team has between 1 and 1024 threads") {
  CHECK_FAILS(kernels::Team(0), ExitCode::internal, "a team of 0 threads");
  CHECK_FAILS(kernels::Team(kernels::Team::max_threads + 1), ExitCode::internal,
              "a team of 1025 threads");
}
