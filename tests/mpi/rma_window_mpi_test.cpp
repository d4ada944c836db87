// SPDX-License-Identifier: Apache-2.0
#include "mpi/rma_window.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <numeric>
#include <string>
#include <vector>

#include "mpi/collectively.hpp"
#include "mpi/communicator.hpp"
#include "mpi/polite_wait.hpp"

using namespace tusk;

namespace {

// Everybody at once; the host stays inside MPI, which emulated RMA needs.
template <typename Work>
void everybody(const mpi::Communicator& world, mpi::RmaWindow& window, const Work& work) {
  work();
  auto all_done = world.ibarrier();
  mpi::PoliteWait wait;
  while (!all_done.test()) {
    window.progress();
    wait.pause();
  }
}

mpi::RmaWindow zeros(const mpi::Communicator& world, std::size_t bytes) {
  auto window = mpi::RmaWindow::allocate(world, bytes, 0);
  std::ranges::fill(window.memory(), std::byte{0});
  window.sync();
  world.barrier();
  return window;
}

std::vector<float> ramp(std::size_t size, int factor) {
  std::vector<float> values(size);
  for (std::size_t i = 0; i < size; ++i) {
    values[i] = static_cast<float>(factor * static_cast<int>(i % 5 + 1));
  }
  return values;
}

}  // namespace

TEST_CASE("rma: accumulates of all ranks add up exactly, at an offset") {
  const auto world = mpi::Communicator::world();
  constexpr std::size_t size = 10'007;
  constexpr std::size_t at = 24;
  auto window = zeros(world, at + size * sizeof(float) + 8);
  CHECK(window.memory().empty() == (world.rank() != 0));
  everybody(world, window, [&] {
    const std::vector<float> values = ramp(size, 1);
    window.accumulate(values, at);
    window.accumulate(values, at);  // again
    window.flush();
  });
  std::vector<float> read(size);
  everybody(world, window, [&] {
    window.read(read, at);
    window.flush();
  });
  CHECK(read == ramp(size, 2 * world.size()));
  std::vector<std::int64_t> edges(1, -1);
  everybody(world, window, [&] {
    window.read(edges, at - sizeof(std::int64_t));
    window.flush();
  });
  CHECK(edges[0] == 0);  // the cells beside it are untouched
}

TEST_CASE("rma: fetch_add hands out every number once") {
  const auto world = mpi::Communicator::world();
  auto window = zeros(world, 64);
  constexpr int each = 200;
  std::vector<std::int64_t> mine;
  everybody(world, window, [&] {
    for (int i = 0; i < each; ++i) mine.push_back(window.fetch_add(1, 8));
  });
  CHECK(std::ranges::is_sorted(mine));
  std::vector<std::int64_t> all;
  for (const auto& part : world.gather(std::span<const std::int64_t>(mine), 0)) {
    all.insert(all.end(), part.begin(), part.end());
  }
  if (world.rank() == 0) {
    std::ranges::sort(all);
    std::vector<std::int64_t> expected(static_cast<std::size_t>(each * world.size()));
    std::iota(expected.begin(), expected.end(), 0);
    CHECK(all == expected);
  }
  everybody(world, window, [&] { CHECK(window.load(8) == each * world.size()); });
}

TEST_CASE("rma: replace stores, load reads") {
  const auto world = mpi::Communicator::world();
  auto window = zeros(world, 64);
  everybody(world, window, [&] {
    if (world.rank() == world.size() - 1) CHECK(window.replace(INT64_MAX, 16) == 0);
  });
  everybody(world, window, [&] { CHECK(window.load(16) == INT64_MAX); });
}

TEST_CASE("rma: a read after an addition of one's own sees it without a flush between") {
  const auto world = mpi::Communicator::world();
  constexpr std::size_t size = 100'003;
  auto window = zeros(world, size * sizeof(float));
  const std::vector<float> values = ramp(size, 1);
  std::vector<float> seen(size);
  bool sees_own = true;
  everybody(world, window, [&] {
    for (int round = 1; round <= 10; ++round) {
      window.accumulate(values, 0);
      window.read(seen, 0);
      window.flush();
      for (std::size_t i = 0; i < size; ++i) {
        sees_own = sees_own && seen[i] >= static_cast<float>(round) * values[i];
      }
    }
  });
  CHECK(sees_own);
}

TEST_CASE("rma: a vector of more than one piece of 128 MiB") {
  const auto world = mpi::Communicator::world();
  if (world.size() > 2) return;
  constexpr std::size_t size = (std::size_t{128} << 20) / sizeof(float) + 1001;
  auto window = zeros(world, size * sizeof(float));
  const std::vector<float> values = ramp(size, 1);
  std::vector<float> seen(size);
  everybody(world, window, [&] {
    window.accumulate(values, 0);
    window.flush();
  });
  everybody(world, window, [&] {
    window.read(seen, 0);
    window.flush();
  });
  CHECK(seen == ramp(size, world.size()));
}

TEST_CASE("rma: several windows live and end side by side") {
  const auto world = mpi::Communicator::world();
  auto first = zeros(world, 8);
  auto second = zeros(world, 8);
  everybody(world, second, [&] { second.fetch_add(1, 0); });
  everybody(world, first, [&] { CHECK(first.load(0) == 0); });
  first = std::move(second);
  everybody(world, first, [&] { CHECK(first.load(0) == world.size()); });
}

TEST_CASE("shared memory is the same bytes on every rank") {
  const auto world = mpi::Communicator::world();
  auto window = mpi::RmaWindow::allocate_shared(world, 4096, 0);
  CHECK(window.memory().size() == 4096);
  window.memory()[static_cast<std::size_t>(100 + world.rank())] = std::byte{42};
  window.sync();
  world.barrier();
  window.sync();
  for (int rank = 0; rank < world.size(); ++rank) {
    CHECK(window.memory()[static_cast<std::size_t>(100 + rank)] == std::byte{42});
  }
  world.barrier();
}

TEST_CASE("a window that cannot be had is an error on every rank") {
  const auto world = mpi::Communicator::world();
  if (world.size() == 1) return;  // plain malloc there, which the address sanitizer stops
  CHECK_THROWS_AS(mpi::RmaWindow::allocate(world, std::size_t{1} << 60, 0), mpi::CollectiveError);
  world.barrier();
}

TEST_CASE("shared memory that cannot be had is an error on every rank that says how much it was") {
  const auto world = mpi::Communicator::world();
  std::string said;
  try {
    mpi::RmaWindow::allocate_shared(world, std::size_t{1} << 52, 0);
  } catch (const mpi::CollectiveError& error) {
    said = error.what();
  }
  CHECK(said.find("4,503,599,6") != std::string::npos);
  world.barrier();
}
