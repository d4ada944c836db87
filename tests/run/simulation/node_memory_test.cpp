// SPDX-License-Identifier: Apache-2.0
#include "run/simulation/node_memory.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <random>
#include <vector>

#include "run/simulation/scheduler.hpp"

using doctest::Approx;
using tusk::simulation::NodeMemory;

TEST_CASE("memory: alone at a core's speed, together at the node's over their number") {
  NodeMemory memory(20.0, 10.0, 100);
  const auto first = memory.arrive(0.0, 100.0);
  CHECK(memory.earliest_s(first) == Approx(10.0));
  const auto second = memory.arrive(2.0, 100.0);
  CHECK(memory.earliest_s(first) == Approx(10.0));  // two cores are all that the node has
  const auto third = memory.arrive(4.0, 30.0);
  // From 4 on 20/3 each: third leaves at 8.5, with 30 left to the first and 50 to the second.
  CHECK(memory.earliest_s(third) == Approx(8.5));
  CHECK(memory.earliest_s(first) == Approx(11.5));
  CHECK(memory.earliest_s(second) == Approx(13.5));
  CHECK_FALSE(memory.is_done(third, 8.4));
  CHECK(memory.is_done(third, memory.earliest_s(third)));
  CHECK(memory.is_done(first, 11.6));
  CHECK_FALSE(memory.is_done(second, 11.6));
  CHECK(memory.is_done(second, memory.earliest_s(second)));
}

TEST_CASE("memory: no more than so many at once, the others in their order") {
  NodeMemory memory(20.0, 10.0, 2);
  const auto a = memory.arrive(0.0, 100.0);
  const auto b = memory.arrive(0.0, 50.0);
  const auto c = memory.arrive(0.0, 10.0);
  const auto d = memory.arrive(0.0, 10.0);
  CHECK(memory.earliest_s(b) == Approx(5.0));
  CHECK(memory.earliest_s(c) == Approx(5.0));  // not before b has left
  CHECK(memory.earliest_s(d) == Approx(5.0));  // c may be short
  CHECK_FALSE(memory.is_done(c, 5.5));
  CHECK(memory.earliest_s(c) == Approx(6.0));
  CHECK(memory.is_done(c, 6.0));
  CHECK(memory.is_done(d, 7.0));
  CHECK(memory.is_done(a, 10.0));
}

TEST_CASE("memory: it comes to the same to the last bit, however often it is asked") {
  NodeMemory asked(30.0, 7.0, 4);
  NodeMemory left_alone(30.0, 7.0, 4);
  NodeMemory::Exchange last = 0;
  for (int i = 0; i < 50; ++i) {
    const double time_s = 0.37 * i;
    const double bytes = 1.0 + i % 7;
    last = asked.arrive(time_s, bytes);
    left_alone.arrive(time_s, bytes);
    for (int k = 1; k < 5 && i < 49; ++k) asked.is_done(last, time_s + 0.07 * k);
  }
  const auto end_s = [last](NodeMemory& memory) {
    double time_s = memory.earliest_s(last);
    while (!memory.is_done(last, time_s)) time_s = memory.earliest_s(last);
    return time_s;
  };
  CHECK(end_s(asked) == end_s(left_alone));
}

TEST_CASE("memory: steps share it, too, and are no exchanges that are counted") {
  NodeMemory memory(20.0, 10.0, 1);
  const auto exchange = memory.arrive(0.0, 100.0);
  const auto next = memory.arrive(0.0, 10.0);  // waits
  const auto step = memory.arrive_step(0.0, 40.0);
  const auto other = memory.arrive_step(2.0, 40.0);
  // 10 each up to 2, then 20/3: step leaves at 5; exchange and other have 10 each again.
  CHECK(memory.earliest_s(step) == Approx(5.0));
  CHECK(memory.earliest_s(next) == Approx(11.0));  // not before exchange has left
  CHECK(memory.is_done(step, 5.1));
  CHECK_FALSE(memory.is_done(next, 10.9));
  CHECK(memory.is_done(other, 7.1));
  CHECK(memory.is_done(exchange, 11.1));
  CHECK(memory.earliest_s(next) == Approx(12.0));
  CHECK(memory.is_done(next, 12.0));
}

TEST_CASE("memory: workers sleep, and go on when their exchange is complete") {
  using tusk::simulation::Scheduler;
  struct Visit {
    double begin_s = 0.0;
    double bytes = 0.0;
    double waited_for_s = 0.0;  // from then on: an exchange beside other work
    bool is_step = false;
  };
  constexpr std::size_t workers = 12;
  std::mt19937 random(7);
  const auto number = [&](int below) { return static_cast<double>(random() % below); };
  for (int round = 0; round < 40; ++round) {
    std::array<Visit, workers> visits;
    for (Visit& visit : visits) {
      visit = {.begin_s = number(8), .bytes = 1.0 + number(60), .is_step = random() % 4 == 0};
      visit.waited_for_s = random() % 3 == 0 ? visit.begin_s + number(20) : visit.begin_s;
    }
    // As it is, and by workers who look again and again.
    std::array<std::vector<double>, 2> ends;
    for (const bool sleeps : {false, true}) {
      NodeMemory memory(20.0, 10.0, 3);
      Scheduler scheduler(workers, 0, std::size_t{64} << 10U);
      ends[sleeps].resize(workers);
      scheduler.run([&](std::size_t w) {
        const Visit& visit = visits[w];
        scheduler.advance(w, visit.begin_s);
        NodeMemory::Exchange mine = 0;
        {
          Scheduler::Turn turn(scheduler, w);
          mine = visit.is_step ? memory.arrive_step(turn.time_s(), visit.bytes)
                               : memory.arrive(turn.time_s(), visit.bytes);
        }
        if (!visit.is_step) scheduler.advance(w, visit.waited_for_s);
        if (sleeps) {
          memory.wait(mine, w, scheduler);
        } else {
          for (bool done = false; !done;) {
            Scheduler::Turn turn(scheduler, w);
            done = memory.is_done(mine, turn.time_s());
            if (!done) turn.end_at(memory.earliest_s(mine));
          }
        }
        ends[sleeps][w] = scheduler.now_s(w);
      });
    }
    for (std::size_t w = 0; w < workers; ++w) {
      CAPTURE(w);
      CHECK(ends[true][w] == Approx(ends[false][w]).epsilon(1e-12));
    }
  }
}
