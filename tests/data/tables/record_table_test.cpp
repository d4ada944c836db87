// SPDX-License-Identifier: Apache-2.0
#include "data/tables/record_table.hpp"

#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <span>
#include <string>
#include <vector>

#include "check_fails.hpp"
#include "gzip.hpp"
#include "npy.hpp"
#include "temporary_folder.hpp"
#include "tusk/random.hpp"

namespace tusk::tables {
namespace {

using namespace std::string_literals;

// Three records: id, x as a big-endian int16, a pair of halves, a name, the label.
const std::string descr =
    "[('id', '|u1'), ('x', '>i2'), ('pair', '<f2', (2,)), ('name', '|S2'), ('', '|V1'), "
    "(('kind of event', 'label'), '<i4')]";
const std::string records =
    "\x01\x01\0\0\x3C\0\xC0"
    "aa-\x07\0\0\0"
    "\x02\xFF\xFE\0\x7E\0\0"
    "b\0-\x08\0\0\0"
    "\x03\0\x05\0\0\0\x3C"
    "cc-\xFF\xFF\xFF\xFF"s;

struct Read {
  std::vector<TableField> fields;
  std::vector<double> features;
  std::vector<std::int32_t> labels;
  std::uint64_t missing = 0;
};

Read read(const std::string& path, const ColumnChoice& choice, std::uint64_t rows_at_once = 2) {
  RecordTable table({path}, choice, ElementType::f64);
  Read out{table.fields(), {}, {}, 0};
  const std::size_t columns = out.fields[0].row_shape[0];
  out.features.resize(table.rows() * columns);
  out.labels.resize(out.fields.size() > 1 ? table.rows() : 0);
  for (std::uint64_t row = 0; row < table.rows(); row += rows_at_once) {
    const std::uint64_t count = std::min(rows_at_once, table.rows() - row);
    std::vector<std::span<std::byte>> spans{
        std::as_writable_bytes(std::span(out.features).subspan(row * columns, count * columns))};
    if (!out.labels.empty()) {
      spans.push_back(std::as_writable_bytes(std::span(out.labels).subspan(row, count)));
    }
    table.read_rows(row, count, spans);
  }
  out.missing = table.missing_values();
  return out;
}

TEST_CASE("the fields of records are columns, and one of them the label") {
  const test::TemporaryFolder folder;
  const std::string path = folder.write("a.npy", test::npy(descr, "(3,)", records));
  for (const std::uint64_t rows_at_once : {1, 2, 3}) {
    const Read all = read(path, {.drop = {"name"}}, rows_at_once);
    REQUIRE(all.fields.size() == 2);
    CHECK(all.fields[0].column_names == std::vector<std::string>{"id", "x", "pair[0]", "pair[1]"});
    CHECK(all.fields[1].type == ElementType::i32);
    CHECK(all.labels == std::vector<std::int32_t>{7, 8, -1});
    CHECK(all.missing == 1);
    const std::vector<double> expected{1, 256, 1, -2, 2, -2, NAN, 0, 3, 5, 0, 1};
    for (std::size_t i = 0; i < expected.size(); ++i) {
      CHECK((all.features[i] == expected[i] || (i == 6 && std::isnan(all.features[i]))));
    }
  }
  const Read some = read(path, {.label = "x", .columns = {"pair[1]", "label"}});
  CHECK(some.features == std::vector<double>{-2, 7, 0, 8, 1, -1});
  CHECK(some.fields[1].type == ElementType::i16);
  const std::string packed =
      test::write_gzip(folder.file("a.npy.gz"), test::npy(descr, "(3,)", records));
  CHECK(read(packed, {.columns = {"id"}}).features == std::vector<double>{1, 2, 3});
}

TEST_CASE("features may be single precision, and either field unwanted") {
  const test::TemporaryFolder folder;
  RecordTable table({folder.write("a.npy", test::npy(descr, "(3,)", records))}, {.columns = {"x"}},
                    ElementType::f32);
  std::array<float, 3> x{};
  std::array<std::int32_t, 3> labels{};
  using Spans = std::array<std::span<std::byte>, 2>;
  table.read_rows(0, 3, Spans{std::as_writable_bytes(std::span(x)), {}});
  table.read_rows(0, 3, Spans{std::span<std::byte>(), std::as_writable_bytes(std::span(labels))});
  CHECK(x == std::array{256.0F, -2.0F, 5.0F});
  CHECK(labels == std::array{7, 8, -1});
}

TEST_CASE("a number too large for single precision is an error, an infinity is none") {
  const test::TemporaryFolder folder;
  const auto read_number = [&](const std::string& bytes) {
    RecordTable table({folder.write("a.npy", test::npy("[('x', '<f8')]", "(1,)", bytes))}, {},
                      ElementType::f32);
    std::array<float, 1> x{};
    table.read_rows(0, 1, std::array{std::as_writable_bytes(std::span<float>(x))});
    return x[0];
  };
  CHECK(std::isinf(read_number("\0\0\0\0\0\0\xF0\x7F"s)));
  CHECK_FAILS(read_number("\xFF\xFF\xFF\xFF\xFF\xFF\xEF\x7F"s), ExitCode::bad_data,
              "a.npy: field 'x': 1.7976931348623157e+308 is too large for float32");
}

TEST_CASE("records that cannot be read say what to do") {
  const test::TemporaryFolder folder;
  const auto open = [&](const std::string& type, const std::string& data,
                        const ColumnChoice& choice = {}, const std::string& shape = "(1,)") {
    RecordTable({folder.write("a.npy", test::npy(type, shape, data))}, choice, ElementType::f32);
  };
  const std::string two = "[('x', '|u1'), ('t', '|S3')]";
  CHECK_FAILS(open(two, "1abc"), ExitCode::bad_data,
              "field 't' is of type '|S3', which is no number; '--drop t' leaves it out");
  CHECK_FAILS(open(two, "1abc", {.label = "t"}), ExitCode::bad_data, "which is no number");
  CHECK_FAILS(open(two, "1abc", {.drop = {"y"}}), ExitCode::bad_data, "no column 'y' among its 2");
  CHECK_FAILS(open(two, "1abc", {.drop = {"t", "x"}}), ExitCode::bad_data, "none is left");
  CHECK_FAILS(open(two, "1ab"), ExitCode::bad_data, "truncated, or its header wrong");
  CHECK_FAILS(open(two, "1abcd"), ExitCode::bad_data, "1 bytes follow");
  CHECK_FAILS(open(two, "1abc", {}, "(1, 1)"), ExitCode::bad_data, "a.reshape(-1)");
  CHECK_FAILS(open(two, "1abc", {}, "()"), ExitCode::bad_data, "no array");
  CHECK_FAILS(open("[('x', [('y', '|u1')])]", "1"), ExitCode::bad_data, "'x' holds records");
  CHECK_FAILS(open("[('x', '|O')]", "12345678"), ExitCode::bad_data, "type '|O', which cannot");
  CHECK_FAILS(open("[('x', '<f4294967296')]", "1"), ExitCode::bad_data, "which cannot be read");
  CHECK_FAILS(open("[('x', '<U4294967295')]", "1"), ExitCode::bad_data, "limit of 1 GiB");
  CHECK_FAILS(open("[('x', '|u1', (4294967296, 4294967296))]", "1"), ExitCode::bad_data,
              "malformed");
  CHECK_FAILS(open("[('x', '|u1', (1073741824,)), ('y', '|u1')]", "1"), ExitCode::bad_data,
              "limit of 1 GiB");
  CHECK_FAILS(open("[('x', '|u1', (65537,))]", std::string(65537, '1')), ExitCode::bad_data,
              "more than 65,536 numbers");
  CHECK_FAILS(open("[]", "1"), ExitCode::bad_data, "records are empty");
  CHECK_FAILS(open("[('x', '|u1', (0,))]", ""), ExitCode::bad_data, "without elements");
  for (const char* type : {"[", "[(", "[('x'", "[('x', ", "[('x', '|u1'", "[('x', '|u1')",
                           "[('x', '|u1'),", "[('x' '|u1')]", "['x', '|u1']", "[(('x', '|u1')]",
                           "[('x\\', '|u1')]", "[('x', '|u1', 3)]"}) {
    CAPTURE(type);
    CHECK_FAILS(open(type, "1"), ExitCode::bad_data, "malformed");
  }
}

TEST_CASE("a file of records with any bytes changed is read or refused, or cut off is refused") {
  const test::TemporaryFolder folder;
  const std::string whole = test::npy(descr, "(3,)", records);
  const auto use = [&](const std::string& bytes) {
    return test::outcome_of([&] { read(folder.write("a.npy", bytes), {.drop = {"name"}}); }).code;
  };
  for (std::size_t size = 0; size < whole.size(); ++size) {
    CAPTURE(size);
    CHECK(use(whole.substr(0, size)) == ExitCode::bad_data);
  }
  Random random(12, Stream::shuffle);
  for (int round = 0; round < 3000; ++round) {
    std::string bytes = whole;
    for (std::uint64_t change = 1 + random.below(3); change-- > 0;) {
      bytes[random.below(bytes.size())] = static_cast<char>(random.below(256));
    }
    const ExitCode code = use(bytes);
    CHECK((code == ExitCode::done || code == ExitCode::bad_data));
  }
}

}  // namespace
}  // namespace tusk::tables
