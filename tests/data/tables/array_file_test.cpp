// SPDX-License-Identifier: Apache-2.0
#include "data/tables/array_file.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <iterator>
#include <span>
#include <string>
#include <vector>

#include "check_fails.hpp"
#include "data/hdf5/read_array.hpp"
#include "gzip.hpp"
#include "npy.hpp"
#include "temporary_folder.hpp"
#include "tusk/error.hpp"
#include "tusk/random.hpp"

namespace tusk::tables {
namespace {

using namespace std::string_literals;

// Two rows of (3,) int16: 1, -2, 3 and 256, 5, -6.
const std::string idx_bytes =
    "\0\0\x0B\x02\0\0\0\x02\0\0\0\x03\0\x01\xFF\xFE\0\x03\x01\0\0\x05\xFF\xFA"s;
const std::vector<std::int16_t> idx_values{1, -2, 3, 256, 5, -6};

using test::npy_bytes;
using test::read_all;

std::string numpy_file(const std::string& type, const std::string& shape, const std::string& data,
                       const std::string& fortran = "False") {
  return test::npy("'" + type + "'", shape, data, fortran);
}

TEST_CASE("an IDX file reads as the numbers it holds, plain and gzipped, row by row and at once") {
  const test::TemporaryFolder folder;
  const std::string plain = folder.write("a.idx", idx_bytes);
  CHECK(ArrayFile(plain).row_shape() == Shape{3});
  CHECK(read_all<std::int16_t>(plain) == idx_values);
  CHECK(read_all<std::int16_t>(plain, 2) == idx_values);
  CHECK(read_all<std::int16_t>(test::write_gzip(folder.file("a.gz"), idx_bytes)) == idx_values);
}

TEST_CASE("every element type of IDX") {
  const test::TemporaryFolder folder;
  const auto one = [&](char code, const std::string& big_endian) {
    return folder.write("a.idx", "\0\0"s + code + "\x01\0\0\0\x01"s + big_endian);
  };
  CHECK(read_all<std::uint8_t>(one('\x08', "\xFF"))[0] == 255);
  CHECK(read_all<std::int8_t>(one('\x09', "\xFF"))[0] == -1);
  CHECK(read_all<std::int32_t>(one('\x0C', "\x01\x02\x03\x04"))[0] == 0x01020304);
  CHECK(read_all<float>(one('\x0D', "\xC0\x20\0\0"s))[0] == -2.5F);
  CHECK(read_all<double>(one('\x0E', "\xC0\x04\0\0\0\0\0\0"s))[0] == -2.5);
}

TEST_CASE(
    "an IDX file cut off at any byte is refused, and so is one with bytes behind the last row") {
  const test::TemporaryFolder folder;
  for (std::size_t size = 0; size < idx_bytes.size(); ++size) {
    CAPTURE(size);
    const std::string cut = idx_bytes.substr(0, size);
    CHECK_FAILS(read_all<std::int16_t>(folder.write("cut", cut)), ExitCode::bad_data, "cut");
    CHECK_FAILS(read_all<std::int16_t>(test::write_gzip(folder.file("cut.gz"), cut)),
                ExitCode::bad_data, "cut.gz");
  }
  const std::string longer = idx_bytes + "x";
  CHECK_FAILS(read_all<std::int16_t>(folder.write("longer", longer)), ExitCode::bad_data,
              "1 bytes follow the 12 that its header declares");
  CHECK_FAILS(read_all<std::int16_t>(test::write_gzip(folder.file("longer.gz"), longer)),
              ExitCode::bad_data, "data follows the 2 rows");
}

TEST_CASE("a header that declares more than the file can hold is refused before anything is read") {
  const test::TemporaryFolder folder;
  const std::string huge =
      "\0\0\x0E\x03\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF"s + "12345678";
  CHECK_FAILS(ArrayFile(folder.write("huge", huge)), ExitCode::bad_data,
              "truncated, or its header");
  CHECK_FAILS(ArrayFile(test::write_gzip(folder.file("huge.gz"), huge)), ExitCode::bad_data,
              "truncated, or its header");
  CHECK_FAILS(ArrayFile(folder.write("wide", "\0\0\x08\xFF"s + std::string(1020, '\x01') + "1")),
              ExitCode::bad_data, "255 dimensions");
  CHECK_FAILS(ArrayFile(folder.write("empty", "\0\0\x08\x02\0\0\0\x02\0\0\0\0"s)),
              ExitCode::bad_data, "without elements");
  CHECK_FAILS(ArrayFile(folder.write("scalar", "\0\0\x08\0"s + "1")), ExitCode::bad_data,
              "no dimensions");
}

TEST_CASE("a row above 1 GiB is refused though the compressed file could hold it") {
  const test::TemporaryFolder folder;
  const std::string header = "\0\0\x08\x02\0\0\0\x01\x40\0\0\x01"s;
  const std::string path =
      test::write_gzip(folder.file("row.gz"), header + std::string(1 << 24, '\1'));
  std::string several;
  for (int i = 0; i < 70; ++i) {  // gzip members, until 1 GiB could be in there
    std::ifstream in(path, std::ios::binary);
    several.append(std::istreambuf_iterator<char>(in), {});
  }
  CHECK_FAILS(ArrayFile(folder.write("row.gz", several)), ExitCode::bad_data, "limit of 1 GiB");
}

TEST_CASE("an NPY file reads as the numbers it holds") {
  const test::TemporaryFolder folder;
  const std::string little = "\x01\0\xFE\xFF\x03\0\0\x01\x05\0\xFA\xFF"s;
  const std::string path = folder.write("a.npy", numpy_file("<i2", "(2, 3)", little));
  CHECK(ArrayFile(path).row_shape() == Shape{3});
  CHECK(read_all<std::int16_t>(path) == idx_values);
  CHECK(read_all<std::int16_t>(folder.write(
            "b.npy", numpy_file(">i2", "(2, 3)", idx_bytes.substr(12)))) == idx_values);
  CHECK(read_all<std::int16_t>(test::write_gzip(
            folder.file("c.npy.gz"), numpy_file("<i2", "(2, 3)", little))) == idx_values);
  const auto flags =
      read_all<std::uint8_t>(folder.write("d.npy", numpy_file("|b1", "(3,)", "\x01\0\x01"s)));
  CHECK(flags == std::vector<std::uint8_t>{1, 0, 1});
  const auto flat =
      read_all<std::uint8_t>(folder.write("e.npy", numpy_file("|u1", "(2,)", "ab", "True")));
  CHECK(flat == std::vector<std::uint8_t>{'a', 'b'});
}

TEST_CASE("versions 2 and 3 of NPY have a longer length") {
  const test::TemporaryFolder folder;
  const std::string v1 = numpy_file("|u1", "(2,)", "ab");
  for (const char version : {'\x02', '\x03'}) {
    std::string bytes = v1;
    bytes[6] = version;
    bytes.insert(10, 2, '\0');
    CHECK(read_all<std::uint8_t>(folder.write("a.npy", bytes)).size() == 2);
  }
  std::string unknown = v1;
  unknown[6] = '\x04';
  CHECK_FAILS(ArrayFile(folder.write("a.npy", unknown)), ExitCode::bad_data, "version 1 to 3");
}

TEST_CASE("an NPY file cut off at any byte is refused") {
  const test::TemporaryFolder folder;
  const std::string whole = numpy_file("<f4", "(2,)", "12345678");
  for (std::size_t size = 0; size < whole.size(); ++size) {
    CAPTURE(size);
    CHECK_FAILS(read_all<float>(folder.write("cut", whole.substr(0, size))), ExitCode::bad_data,
                "cut");
  }
}

TEST_CASE("NPY arrays that are not read say what to do") {
  const test::TemporaryFolder folder;
  const auto open = [&](const std::string& bytes) { ArrayFile(folder.write("a.npy", bytes)); };
  CHECK_FAILS(open(numpy_file("=f4", "(1,)", "1234")), ExitCode::bad_data, "type '=f4'");
  CHECK_FAILS(open(numpy_file("<U4", "(2,)", "1234")), ExitCode::bad_data, "type '<U4'");
  CHECK_FAILS(open(numpy_file("<f4", "()", "1234")), ExitCode::bad_data, "a single number");
  CHECK_FAILS(open(numpy_file("", "(2,)", "1234")), ExitCode::bad_data, "type ''");
  for (const char* header :
       {"", "{", "{}", "{'descr': '<f4'}", "{'descr': '<f4', 'fortran_order': 0, 'shape': (1,)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (-1,)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (1 1)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (1,), 'more': 'x'}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (1,)} x"}) {
    CAPTURE(header);
    CHECK_FAILS(open(npy_bytes(header, "1234")), ExitCode::bad_data, "header is malformed");
  }
}

TEST_CASE("what NumPy can make of elements that are no numbers is said, by their type") {
  const test::TemporaryFolder folder;
  const auto refused = [&](const std::string& type, const std::string& advice) {
    CAPTURE(type);
    const std::string path = folder.write("a.npy", test::npy("'" + type + "'", "(1,)", "12345678"));
    CHECK_FAILS(ArrayFile(path), ExitCode::bad_data, advice);
  };
  refused("<U2", "numpy.unique(a, return_inverse=True)[1] makes classes of texts");
  refused("|S8", "numpy.unique(a, return_inverse=True)[1] makes classes of texts");
  refused("<c8", "numpy.stack([a.real, a.imag], -1)");
  refused("<M8[s]", "a.astype('int64')");
  refused("|O", "a.astype('float32')");
}

TEST_CASE("a file with any bytes changed is read or refused, and nothing else happens") {
  const test::TemporaryFolder folder;
  Random random(11, Stream::shuffle);
  for (const std::string& whole : {idx_bytes, numpy_file("<i2", "(2, 3)", idx_bytes.substr(12))}) {
    for (int round = 0; round < 3000; ++round) {
      std::string bytes = whole;
      for (std::uint64_t change = 1 + random.below(3); change-- > 0;) {
        bytes[random.below(bytes.size())] = static_cast<char>(random.below(256));
      }
      const auto read = [&] {
        ArrayFile file(folder.write("changed", bytes));
        std::vector<std::byte> row(file.row_bytes());
        for (std::uint64_t i = 0; i < file.rows(); ++i) file.read_rows(i, row);
      };
      const ExitCode code = test::outcome_of(read).code;
      CHECK((code == ExitCode::done || code == ExitCode::bad_data));
    }
  }
}

TEST_CASE("other files are told apart") {
  const test::TemporaryFolder folder;
  const auto open = [&](const std::string& bytes) { ArrayFile(folder.write("a", bytes)); };
  CHECK_FAILS(open(""), ExitCode::bad_data, "is empty");
  CHECK_FAILS(open("\x89HDF\r\n\x1A\n"s), ExitCode::bad_data, "is HDF5 already");
  CHECK_FAILS(open("PK\x03\x04zip"), ExitCode::bad_data, "ZIP");
  CHECK_FAILS(open("a\0b"s), ExitCode::bad_data, "neither IDX nor NPY nor text");
  CHECK_FAILS(open("1,2\n"), ExitCode::bad_data, "neither IDX nor NPY");
}

}  // namespace
}  // namespace tusk::tables
