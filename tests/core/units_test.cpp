// SPDX-License-Identifier: Apache-2.0
#include "core/units.hpp"

#include <doctest/doctest.h>

using namespace tusk;

TEST_CASE("sizes are read in powers of 1000 and of 1024") {
  CHECK(parse_bytes("4 GiB") == 4ULL << 30);
  CHECK(parse_bytes("1.5kib") == 1536);
  CHECK(parse_bytes("2 TB") == 2'000'000'000'000ULL);
  CHECK(parse_bytes("2 TiB") == 2ULL << 40);
  CHECK(parse_bytes("12") == 12);
  CHECK_FALSE(parse_bytes("4 GX"));
  CHECK_FALSE(parse_bytes("-1 B"));
  CHECK_FALSE(parse_bytes(""));
  CHECK_FALSE(parse_bytes("1e30 TB"));
}

TEST_CASE("durations and intervals are read as people write them") {
  CHECK(parse_duration("90s") == 90.0);
  CHECK(parse_duration("15m") == 900.0);
  CHECK(parse_duration("1.5 h") == 5400.0);
  CHECK(parse_duration("2d") == 172800.0);
  for (const char* text : {"", "5", "s", "-1s", "0s", "5 parsecs", "inf s"}) {
    CHECK_FALSE(parse_duration(text));
  }
  CHECK(parse_interval("15m")->seconds == 900.0);
  CHECK(parse_interval("500 steps")->steps == 500);
  CHECK(parse_interval("1 step")->steps == 1);
  CHECK(parse_interval("2 epochs")->epochs == 2);
  const auto never = parse_interval("never");
  REQUIRE(never);
  CHECK_FALSE((never->seconds || never->steps || never->epochs));
  for (const char* text : {"", "5", "0 epochs", "1.5 steps", "ever"})
    CHECK_FALSE(parse_interval(text));
}

TEST_CASE("sizes, counts and durations are written for people") {
  CHECK(format_bytes(4ULL << 30) == "4 GiB");
  CHECK(format_bytes(1536) == "1.5 KiB");
  CHECK(format_bytes(812) == "812 B");
  CHECK(format_count(29100) == "29,100");
  CHECK(format_count(999) == "999");
  CHECK(format_count(1234567) == "1,234,567");
  CHECK(format_duration(12.34) == "12.3 s");
  CHECK(format_duration(245) == "4 min 05 s");
  CHECK(format_duration(7380) == "2 h 03 min");
}
