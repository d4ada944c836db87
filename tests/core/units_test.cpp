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
