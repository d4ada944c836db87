// SPDX-License-Identifier: Apache-2.0
// Numbers that NPY files store in another order or another form than memory does.
#include <doctest/doctest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "check_fails.hpp"
#include "data/hdf5/read_array.hpp"
#include "gzip.hpp"
#include "npy.hpp"
#include "temporary_folder.hpp"

namespace tusk::tables {
namespace {

using test::npy;
using test::read_all;

TEST_CASE("an array in Fortran order reads as in C order, from any row on") {
  const test::TemporaryFolder folder;
  // a[i, j, k] = 100 i + 10 j + k of shape (2, 3, 2): i runs fastest.
  std::string bytes;
  for (int k = 0; k < 2; ++k) {
    for (int j = 0; j < 3; ++j) {
      for (int i = 0; i < 2; ++i)
        bytes += {static_cast<char>(0), static_cast<char>(100 * i + 10 * j + k)};
    }
  }
  const std::string path = folder.write("a.npy", npy("'>u2'", "(2, 3, 2)", bytes, "True"));
  const std::vector<std::uint16_t> expected{0, 1, 10, 11, 20, 21, 100, 101, 110, 111, 120, 121};
  CHECK(ArrayFile(path).row_shape() == Shape{3, 2});
  CHECK(read_all<std::uint16_t>(path, 1) == expected);
  CHECK(read_all<std::uint16_t>(path, 2) == expected);
  ArrayFile file(path);
  std::vector<std::uint16_t> second(6);
  file.read_rows(1, std::as_writable_bytes(std::span(second)));
  CHECK(std::equal(second.begin(), second.end(), expected.begin() + 6));

  const std::string packed = npy("'>u2'", "(2, 6)", bytes, "True");
  CHECK_FAILS(ArrayFile(test::write_gzip(folder.file("a.gz"), packed)), ExitCode::bad_data,
              "compressed and in Fortran order");
  const std::string flat = npy("'>u2'", "(12, 1)", bytes, "True");  // the same in both orders
  CHECK(read_all<std::uint16_t>(test::write_gzip(folder.file("a.gz"), flat))[11] == 121);
}

TEST_CASE("floats of 16 bits are read as float32, every one of them exactly") {
  const test::TemporaryFolder folder;
  std::string little;
  std::string big;
  for (int bits = 0; bits < 65536; ++bits) {
    const char low = static_cast<char>(bits & 0xFF);
    const char high = static_cast<char>(bits >> 8);
    little += {low, high};
    big += {high, low};
  }
  const auto values =
      read_all<float>(folder.write("a.npy", npy("'<f2'", "(65536,)", little)), 1000);
  const auto swapped = read_all<float>(folder.write("b.npy", npy("'>f2'", "(256, 256)", big)), 256);
  for (std::uint32_t bits = 0; bits < 65536; ++bits) {
    const double sign = bits & 0x8000U ? -1.0 : 1.0;
    const int exponent = static_cast<int>(bits >> 10 & 0x1FU);
    const double fraction = bits & 0x3FFU;
    double expected =
        exponent == 0 ? std::ldexp(fraction, -24) : std::ldexp(1024 + fraction, exponent - 25);
    if (exponent == 31) expected = fraction == 0 ? INFINITY : NAN;
    const float value = values[bits];
    CHECK((std::isnan(expected) ? std::isnan(value) : value == sign * expected));
    CHECK(std::signbit(value) == (sign < 0));
    CHECK(std::bit_cast<std::uint32_t>(swapped[bits]) == std::bit_cast<std::uint32_t>(value));
  }
}

}  // namespace
}  // namespace tusk::tables
