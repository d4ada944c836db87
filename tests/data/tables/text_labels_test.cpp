// SPDX-License-Identifier: Apache-2.0
#include "data/tables/text_labels.hpp"

#include <doctest/doctest.h>

#include <array>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "check_fails.hpp"
#include "data/csv/csv_table.hpp"
#include "temporary_folder.hpp"

namespace tusk::tables {
namespace {

using Cells = std::vector<std::string>;

const std::string path = "data.csv";

TextLabels learn(const Cells& cells, ElementType type) {
  TextLabels labels(type, {}, "run");
  labels.begin_with(cells.front());
  for (const std::string& cell : cells) labels.learn(cell, {path, 7});
  labels.finish();
  return labels;
}

ElementType type_of(const Cells& cells, ElementType type = ElementType::f32) {
  return learn(cells, type).type();
}

template <typename T>
T written(const TextLabels& labels, const std::string& cell) {
  REQUIRE(labels.type() == element_type<T>());
  std::array<std::byte, sizeof(T)> bytes{};
  std::byte* out = bytes.data();
  labels.write(cell, {path, 7}, out);
  CHECK(out == bytes.data() + sizeof(T));
  T value{};
  std::memcpy(&value, bytes.data(), sizeof(T));
  return value;
}

TEST_CASE("whole numbers are kept to the last digit, as far as 64 bits go") {
  const Cells cells{"9223372036854775807",
                    "-9223372036854775808",
                    "9007199254740993",
                    " +16777217 ",
                    "1e3",
                    "007"};
  const TextLabels labels = learn(cells, ElementType::f32);
  CHECK(written<std::int64_t>(labels, cells[0]) == INT64_MAX);
  CHECK(written<std::int64_t>(labels, cells[1]) == INT64_MIN);
  CHECK(written<std::int64_t>(labels, cells[2]) == 9007199254740993);
  CHECK(written<std::int64_t>(labels, cells[3]) == 16777217);
  CHECK(written<std::int64_t>(labels, cells[4]) == 1000);
  CHECK(written<std::int64_t>(labels, cells[5]) == 7);
  CHECK(type_of({"2147483647", "-2147483648"}) == ElementType::i32);
  CHECK(type_of({"2147483648"}) == ElementType::i64);
}

TEST_CASE("a whole number among others makes labels float64 where float32 would round it") {
  CHECK(type_of({"0.5", "16777216", "33554432"}) == ElementType::f32);
  CHECK(type_of({"0.5", "16777217.25", "1.6777217e7"}) == ElementType::f32);
  const TextLabels labels = learn({"0.5", "-16777217", "9007199254740994"}, ElementType::f32);
  CHECK(written<double>(labels, "0.5") == 0.5);
  CHECK(written<double>(labels, "-16777217") == -16777217.0);
  CHECK(written<double>(labels, "9007199254740994") == 9007199254740994.0);
  const Cells large{"10000000000000000000000", "1"};  // 10^22 = 2^22 · 5^22
  CHECK(written<double>(learn(large, ElementType::f32), large[0]) == 1e22);
}

TEST_CASE("a measured number may be rounded, however large") {
  CHECK(type_of({"1.5e20", "2e20"}) == ElementType::f32);
  CHECK(written<float>(learn({"1.5e20", "2e20"}, ElementType::f32), "1.5e20") == 1.5e20F);
  CHECK(type_of({"9007199254740993.0"}, ElementType::f64) == ElementType::f64);
}

TEST_CASE("a whole number that no type keeps is an error with file, line, column and value") {
  const auto refuses = [](const Cells& cells, const std::string& text) {
    const TextLabels labels = learn(cells, ElementType::f32);
    std::array<std::byte, 8> bytes{};
    std::byte* out = bytes.data();
    CHECK_FAILS(labels.write(cells.back(), {path, 7}, out), ExitCode::bad_data, text);
  };
  refuses({"0.5", "9007199254740993"},
          "data.csv, line 7: the label 9007199254740993 in column 'run' is a whole number that "
          "float64 would round; int64 keeps those up to 9223372036854775807, if all");
  refuses({"1", "+0018446744073709551615"}, "the label +0018446744073709551615 in column 'run'");
  refuses({"-9223372036854775809"}, "the label -9223372036854775809 in column 'run' is a whole");
}

TEST_CASE("a table says which label it is, and where") {
  const test::TemporaryFolder folder;
  csv::CsvTable table({folder.write("a.csv", "x,id\n1,0.5\n\n2,9007199254740993\n")}, {},
                      {.label = "id"});
  std::array<std::byte, 8> features{};
  std::array<std::byte, 16> labels{};
  const std::vector<std::span<std::byte>> both{features, labels};
  CHECK_FAILS(table.read_rows(0, 2, both), ExitCode::bad_data,
              "a.csv, line 4: the label 9007199254740993 in column 'id' is");
}

}  // namespace
}  // namespace tusk::tables
