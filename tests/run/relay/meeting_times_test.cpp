// SPDX-License-Identifier: Apache-2.0
#include "run/relay/meeting_times.hpp"

#include <doctest/doctest.h>

#include "run/relay/groups.hpp"

using namespace tusk;
using doctest::Approx;
using relay::Groups;
using relay::MeetingTimes;

TEST_CASE("meetings by seconds are so far apart, whatever is committed") {
  MeetingTimes times(relay::interval_of(RelayInterval("2s")));
  CHECK(times.next_s() == 2.0);
  times.met(2.5, 1000, 3);
  CHECK(times.next_s() == 4.5);
}

TEST_CASE("meetings by commits find the distance at which workers make so many each") {
  for (const double rate : {0.5, 8.0, 3000.0}) {  // commits a second of 4 workers
    MeetingTimes times(relay::interval_of(RelayInterval(5.0)));
    CHECK(times.next_s() == 0.0);
    double begun_s = 4.0 / rate;  // one each
    double before = 0.0;
    double now = 4.0;
    for (int i = 0; i < 3; ++i) {
      times.met(begun_s, static_cast<std::uint64_t>(now - before), 4);
      before = now;
      now += (times.next_s() - begun_s) * rate;
      begun_s = times.next_s();
    }
    CHECK(now - before == Approx(20.0).epsilon(0.1));
  }
}

TEST_CASE("a meeting without commits doubles the distance, and many halve it at most") {
  MeetingTimes times(relay::interval_of(RelayInterval(5.0)));
  times.met(1.0, 4, 4);
  CHECK(times.next_s() == Approx(6.0));
  times.met(6.0, 0, 4);
  CHECK(times.next_s() == Approx(16.0));
  times.met(16.0, 1'000'000, 4);
  CHECK(times.next_s() == Approx(21.0));
  times.met(21.0, 20, 0);  // nobody is left: as for one
  CHECK(times.next_s() > 21.0);
}

TEST_CASE("groups are blocks of workers, the last with what is left") {
  const Groups groups(7, 3);
  CHECK(groups.count() == 3);
  CHECK(groups.of(2) == 0);
  CHECK(groups.of(3) == 1);
  CHECK(groups.size(0) == 3);
  CHECK(groups.size(2) == 1);
  CHECK(groups.first(2) == 6);
  CHECK(Groups(5, 100).count() == 1);
  CHECK(Groups(5, 100).size(0) == 5);
}
