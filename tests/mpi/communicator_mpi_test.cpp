// SPDX-License-Identifier: Apache-2.0
#include "mpi/communicator.hpp"

#include <doctest/doctest.h>

#include <ctime>
#include <string>
#include <thread>
#include <vector>

#include "mpi/environment.hpp"

using namespace tusk;
using namespace std::chrono_literals;

TEST_CASE("sum, min and max reach every rank") {
  const auto world = mpi::Communicator::world();
  const auto n = static_cast<std::uint64_t>(world.size());
  const auto rank = static_cast<std::uint64_t>(world.rank());
  CHECK(world.sum(rank) == n * (n - 1) / 2);
  CHECK(world.min(rank + 5) == 5);
  CHECK(world.max(rank) == n - 1);
  std::vector<float> floats(1000, static_cast<float>(rank + 1));
  std::vector<double> doubles(1000, 0.5);
  std::vector<std::int64_t> integers(1000, -1);
  world.sum(floats);
  world.sum(doubles);
  world.sum(integers);
  CHECK(floats == std::vector<float>(1000, static_cast<float>(n * (n + 1) / 2)));
  CHECK(doubles == std::vector<double>(1000, 0.5 * static_cast<double>(n)));
  CHECK(integers == std::vector<std::int64_t>(1000, -world.size()));
}

TEST_CASE("text and bytes come from the root, whatever the others had") {
  const auto world = mpi::Communicator::world();
  for (int root = 0; root < world.size(); ++root) {
    const std::string text = "from " + std::to_string(world.rank());
    CHECK(world.broadcast(text, root) == "from " + std::to_string(root));
    CHECK(world.broadcast(world.rank() == root ? "" : text, root).empty());
    std::vector<int> values(3, world.rank());
    world.broadcast(std::as_writable_bytes(std::span(values)), root);
    CHECK(values == std::vector<int>(3, root));
  }
}

TEST_CASE("gather keeps the ranks apart, also when one has nothing") {
  const auto world = mpi::Communicator::world();
  const std::vector<double> mine(static_cast<std::size_t>(world.rank()), 1.5 * world.rank());
  for (int root = 0; root < world.size(); ++root) {
    const auto all = world.gather(std::span<const double>(mine), root);
    if (world.rank() != root) {
      CHECK(all.empty());
      continue;
    }
    CHECK(all.size() == static_cast<std::size_t>(world.size()));
    for (std::size_t rank = 0; rank < all.size(); ++rank) {
      CHECK(all[rank] == std::vector<double>(rank, 1.5 * static_cast<double>(rank)));
    }
  }
}

TEST_CASE("a split has its own ranks, and all of a node share one") {
  const auto world = mpi::Communicator::world();
  const auto halves = world.split(world.rank() % 2, -world.rank());
  CHECK(halves.size() == (world.size() + (world.rank() % 2 == 0 ? 1 : 0)) / 2);
  CHECK(halves.sum(static_cast<std::uint64_t>(world.rank() % 2)) ==
        static_cast<std::uint64_t>(halves.size() * (world.rank() % 2)));
  CHECK(world.split_by_node().size() == world.size());
}

TEST_CASE("no rank leaves a barrier before the last has come, and those who wait sleep") {
  using Clock = std::chrono::steady_clock;  // one clock for all processes of a node
  const auto world = mpi::Communicator::world();
  if (world.rank() == 0) std::this_thread::sleep_for(300ms);
  const std::vector<Clock::rep> came{Clock::now().time_since_epoch().count()};
  const std::clock_t busy = std::clock();
  world.barrier();
  const std::vector<Clock::rep> left{Clock::now().time_since_epoch().count()};
  const double busy_s = static_cast<double>(std::clock() - busy) / CLOCKS_PER_SEC;
  const double waited_s = static_cast<double>(left[0] - came[0]) * 1e-9;
  if (waited_s > 0.2) CHECK(busy_s < 0.5 * waited_s);
  const auto all_came = world.gather(std::span<const Clock::rep>(came), 0);
  const auto all_left = world.gather(std::span<const Clock::rep>(left), 0);
  for (const auto& one_left : all_left) {
    for (const auto& one_came : all_came) CHECK(one_came[0] <= one_left[0]);
  }
}

TEST_CASE("an MPI error is an Error that names the call") {
  const auto world = mpi::Communicator::world();
  std::string message;
  try {
    world.isend(std::vector<std::byte>(1), world.size(), 1);
  } catch (const Error& error) {
    message = error.what();
  }
  CHECK(message.find("MPI_Isend failed: ") == 0);
  CHECK(message.find("nvalid rank") != std::string::npos);  // with the library's own words
  CHECK(message.find('\n') == std::string::npos);
}

TEST_CASE("the library says its name, in one line") {
  CHECK_FALSE(mpi::library_version().empty());
  CHECK(mpi::library_version().find('\n') == std::string::npos);
  CHECK_FALSE(mpi::host_name().empty());
}
