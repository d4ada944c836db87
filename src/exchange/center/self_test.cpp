// SPDX-License-Identifier: Apache-2.0
#include "exchange/center/self_test.hpp"

#include <algorithm>
#include <exception>
#include <vector>

#include "exchange/center/control_board.hpp"
#include "exchange/center/update.hpp"
#include "mpi/collectively.hpp"
#include "mpi/communicator.hpp"
#include "mpi/polite_wait.hpp"
#include "tusk/error.hpp"

namespace tusk::center {
namespace {

constexpr std::size_t rounds = 2;
constexpr std::size_t commits_each = 2 * rounds;

// What a worker adds to element i is a small integer, level(worker) + i mod 7, so that the sum is
// exact in float up to a hundred thousand workers.
std::size_t level(std::size_t worker) { return worker % 16; }

std::vector<float> contribution(std::size_t worker) {
  std::vector<float> values(self_test_size);
  for (std::size_t i = 0; i < values.size(); ++i) {
    values[i] = static_cast<float>(level(worker) + i % 7);
  }
  return values;
}

// What all workers' commits add up to.
std::vector<float> known_sum(std::size_t workers) {
  std::size_t levels = 0;
  for (std::size_t worker = 1; worker <= workers; ++worker) levels += level(worker);
  std::vector<float> sum(self_test_size);
  for (std::size_t i = 0; i < sum.size(); ++i) {
    sum[i] = static_cast<float>(commits_each * (levels + workers * (i % 7)));
  }
  return sum;
}

// What every commit makes of the statistics, whatever they are: half of a commit that comes in
// between, too, is right.
const std::vector<float>& known_statistics() {
  static const std::vector<float> values = [] {
    std::vector<float> made(self_test_statistics);
    for (std::size_t i = 0; i < made.size(); ++i) made[i] = static_cast<float>(1 + i % 5);
    return made;
  }();
  return values;
}

void require(bool right, const char* what) {
  if (!right) fail(ExitCode::internal, "{}", what);
}

// Does a worker's part of the test, and returns the tickets of its commits.
std::vector<std::uint64_t> exchange(std::size_t worker, CenterVariable& center) {
  const std::vector<float> mine = contribution(worker);
  std::vector<float> pulled(self_test_size);
  const std::vector<float> forget(self_test_statistics, 0.0F);
  std::vector<float> statistics(self_test_statistics);
  const auto commit = [&](Update::Kind kind, float* out) {
    const bool brings = out != nullptr;
    return center
        .perform({.kind = kind,
                  .in = mine.data(),
                  .out = out,
                  .statistics = {.decay = forget.data(),
                                 .in = known_statistics().data(),
                                 .out = brings ? statistics.data() : nullptr}})
        .ticket;
  };
  std::vector<std::uint64_t> tickets;
  for (std::size_t round = 0; round < rounds; ++round) {
    tickets.push_back(commit(Update::Kind::commit, nullptr));
    tickets.push_back(commit(Update::Kind::commit_and_pull, pulled.data()));
    require(statistics == known_statistics(), "a worker sees wrong statistics");
    for (std::size_t i = 0; i < pulled.size(); ++i) {
      require(pulled[i] >= static_cast<float>(tickets.size()) * mine[i],
              "a worker does not see its own commits");
    }
    center.board().fetch_add(Cell::checkpoint, 1);
  }
  return tickets;
}

void require_tickets(const std::vector<std::vector<std::uint64_t>>& by_rank, std::size_t count) {
  std::vector<std::uint64_t> all;
  for (const std::vector<std::uint64_t>& tickets : by_rank) {
    all.insert(all.end(), tickets.begin(), tickets.end());
  }
  std::ranges::sort(all);
  bool gapless = all.size() == count;
  for (std::size_t i = 0; gapless && i < count; ++i) gapless = all[i] == i;
  require(gapless, "the commits' tickets are not 0, 1, 2, …");
}

}  // namespace

void while_served(const mpi::Communicator& communicator, Center& center,
                  const std::function<void()>& work) {
  std::exception_ptr failure;
  try {
    if (center.worker) work();
  } catch (...) {
    failure = std::current_exception();
  }
  mpi::Request all_done = communicator.ibarrier();
  mpi::progress_until([&] { return all_done.test(); },
                      [&] {
                        try {
                          return center.server && !failure && center.server->progress();
                        } catch (...) {
                          failure = std::current_exception();
                          return false;
                        }
                      });
  mpi::collectively(communicator, [&] {
    if (failure) std::rethrow_exception(failure);
  });
}

void self_test(const mpi::Communicator& communicator, Center& center) {
  const auto workers = static_cast<std::size_t>(communicator.size() - 1);
  const std::size_t commits = workers * commits_each;
  std::vector<std::uint64_t> tickets;
  while_served(communicator, center, [&] {
    tickets = exchange(static_cast<std::size_t>(communicator.rank()), *center.worker);
  });
  const std::vector<float> sum = known_sum(workers);
  std::vector<float> seen(self_test_size + self_test_statistics);
  const auto right = [&] {
    return std::equal(sum.begin(), sum.end(), seen.begin()) &&
           std::equal(known_statistics().begin(), known_statistics().end(),
                      seen.begin() + self_test_size);
  };
  while_served(communicator, center, [&] {
    const Commit pull = center.worker->perform({.kind = Update::Kind::pull,
                                                .out = seen.data(),
                                                .statistics = {.out = &seen[self_test_size]}});
    require(pull.ticket == commits, "a worker sees a wrong number of commits");
    require(right(), "a worker sees a wrong sum");
  });
  const auto all_tickets = communicator.gather(std::span<const std::uint64_t>(tickets), 0);
  mpi::collectively(communicator, [&] {
    if (!center.server) return;
    require(center.server->snapshot(seen) == commits, "rank 0 sees a wrong number of commits");
    require(right(), "rank 0 sees a wrong sum");
    require_tickets(all_tickets, commits);
    const std::int64_t counted = center.server->board().load(Cell::checkpoint);
    require(counted == static_cast<std::int64_t>(workers * rounds),
            "a cell of the control board has a wrong sum");
  });
}

}  // namespace tusk::center
