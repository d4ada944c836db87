// SPDX-License-Identifier: Apache-2.0
#include "run/simulation/scheduler.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <stdexcept>
#include <thread>
#include <utility>
#include <vector>

#include "check_fails.hpp"
#include "tusk/random.hpp"

using namespace tusk;
using simulation::Scheduler;

namespace {

using Event = std::pair<double, std::size_t>;  // (time, worker)

// What every worker's turns look like when each goes forward by random steps, some of length 0.
std::vector<Event> random_turns(std::size_t workers, std::size_t cores) {
  std::vector<Event> log;
  Scheduler scheduler(workers, cores);
  scheduler.run([&](std::size_t worker) {
    Random random(5, Stream::step_time, static_cast<std::uint32_t>(worker));
    for (int i = 0; i < 200; ++i) {
      const auto step = static_cast<double>(random.below(3));
      scheduler.advance(worker, scheduler.now_s(worker) + step);
      const Scheduler::Turn turn(scheduler, worker);
      log.emplace_back(turn.time_s(), worker);
    }
  });
  return log;
}

}  // namespace

TEST_CASE("turns come in the order of time, and of the workers' indices at the same time") {
  const auto log = random_turns(7, 3);
  REQUIRE(log.size() == 7 * 200);
  for (std::size_t i = 1; i < log.size(); ++i) CHECK(log[i - 1] <= log[i]);
}

TEST_CASE("the order of turns does not depend on how many threads run at once") {
  const auto one = random_turns(20, 1);
  CHECK(random_turns(20, 2) == one);
  CHECK(random_turns(20, 20) == one);
}

TEST_CASE("a turn can end later than it began, and the next one waits for its time") {
  std::vector<Event> log;
  Scheduler scheduler(2, 2);
  scheduler.run([&](std::size_t worker) {
    for (int i = 0; i < 2; ++i) {
      Scheduler::Turn turn(scheduler, worker);
      log.emplace_back(turn.time_s(), worker);
      turn.end_at(turn.time_s() + (worker == 0 ? 3.0 : 1.0));
    }
  });
  CHECK(log == std::vector<Event>{{0.0, 0}, {0.0, 1}, {1.0, 1}, {3.0, 0}});
}

TEST_CASE("a parked worker goes on when another wakes it, not before that one's time") {
  double woken_s = 0.0;
  Scheduler scheduler(2, 1);
  scheduler.run([&](std::size_t worker) {
    if (worker == 0) {
      Scheduler::Turn turn(scheduler, 0);
      std::move(turn).park();
      woken_s = scheduler.now_s(0);
      return;
    }
    scheduler.advance(1, 4.0);
    Scheduler::Turn turn(scheduler, 1);
    turn.wake(0, turn.time_s());
  });
  CHECK(woken_s == 4.0);
}

TEST_CASE(
    "the error at the earliest virtual time ends the simulation, whoever really fails first") {
  for (int repetition = 0; repetition < 5; ++repetition) {
    Scheduler scheduler(4, 4);
    const auto run = [&] {
      scheduler.run([&](std::size_t worker) {
        if (worker == 3) {  // waits for ever
          Scheduler::Turn turn(scheduler, 3);
          std::move(turn).park();
        }
        if (worker == 2) std::this_thread::sleep_for(std::chrono::milliseconds(20));
        scheduler.advance(worker, worker == 2 ? 1.0 : 2.0);
        if (worker != 0) fail(ExitCode::diverged, "worker {}", worker);
        for (;;) {
          scheduler.advance(worker, scheduler.now_s(worker) + 1.0);
          const Scheduler::Turn turn(scheduler, worker);
        }
      });
    };
    CHECK_FAILS(run(), ExitCode::diverged, "worker 2");
  }
}

TEST_CASE("workers that all wait for each other are an error, not a hang") {
  Scheduler scheduler(3, 2);
  CHECK_FAILS(scheduler.run([&](std::size_t worker) {
    Scheduler::Turn turn(scheduler, worker);
    std::move(turn).park();
  }),
              ExitCode::internal, "stands still");
}
