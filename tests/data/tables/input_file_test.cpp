// SPDX-License-Identifier: Apache-2.0
#include "data/tables/input_file.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <span>
#include <string>
#include <vector>

#include "check_fails.hpp"
#include "gzip.hpp"
#include "temporary_folder.hpp"
#include "xz.hpp"

namespace tusk::tables {
namespace {

std::string read_all(const std::string& path) {
  InputFile file(path);
  std::string text;
  std::vector<char> buffer(1000);
  while (!file.at_end()) {
    text.append(buffer.data(), file.read(std::as_writable_bytes(std::span(buffer))));
  }
  return text;
}

std::string bytes_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// Text that hardly compresses.
std::string noise(std::size_t size) {
  std::string text;
  for (std::uint32_t state = 1; text.size() < size; state = state * 1664525 + 1013904223) {
    text += static_cast<char>(state >> 24);
  }
  return text;
}

TEST_CASE("a file reads the same, compressed or not, and again after going back") {
  const test::TemporaryFolder folder;
  for (const std::string& text :
       {std::string(), std::string("a"), std::string(3'000'000, 'x'), noise(600'000)}) {
    CHECK(read_all(folder.write("plain", text)) == text);
    CHECK(read_all(test::write_gzip(folder.file("packed.gz"), text)) == text);
    CHECK(read_all(test::write_xz(folder.file("packed.xz"), text)) == text);
  }
  for (const char* name : {"plain", "packed.gz", "packed.xz"}) {
    CAPTURE(name);
    InputFile file(folder.file(name));
    std::vector<std::byte> first(300'000);
    std::vector<std::byte> again(300'000);
    CHECK_FALSE(file.at_end());
    file.read_exactly(first);
    CHECK_FALSE(file.at_end());
    file.seek(0);
    file.read_exactly(again);
    CHECK(first == again);
    CHECK(file.is_compressed() == (std::string(name) != "plain"));
  }
}

TEST_CASE("a file can be read from any byte, back and forth") {
  const test::TemporaryFolder folder;
  const std::string text = noise(600'000);
  folder.write("plain", text);
  test::write_gzip(folder.file("packed.gz"), text);
  test::write_xz(folder.file("packed.xz"), text);
  for (const char* name : {"plain", "packed.gz", "packed.xz"}) {
    CAPTURE(name);
    InputFile file(folder.file(name));
    for (const std::size_t offset : {7, 7, 9, 500'000, 500'001, 3, 599'998}) {
      CAPTURE(offset);
      CHECK_FALSE(file.at_end());
      file.seek(offset);
      std::string two(2, '\0');
      file.read_exactly(std::as_writable_bytes(std::span(two)));
      CHECK(two == text.substr(offset, 2));
    }
    file.seek(600'000);
    CHECK(file.at_end());
    file.seek(700'000);
    CHECK(file.at_end());
    file.seek(0);
    CHECK_FALSE(file.at_end());
  }
}

TEST_CASE("several gzip members or xz streams in one file are one text") {
  const test::TemporaryFolder folder;
  const std::string one = bytes_of(test::write_gzip(folder.file("1.gz"), "one\n"));
  const std::string two = bytes_of(test::write_gzip(folder.file("2.gz"), "two\n"));
  const std::string none = bytes_of(test::write_gzip(folder.file("0.gz"), ""));
  CHECK(read_all(folder.write("both.gz", one + none + two)) == "one\ntwo\n");
  CHECK(read_all(folder.write("padded.gz", one + std::string(1000, '\0'))) == "one\n");
  const std::string xz = test::xz_bytes("one\n") + test::xz_bytes("") + test::xz_bytes("two\n");
  CHECK(read_all(folder.write("both.xz", xz)) == "one\ntwo\n");
  CHECK(read_all(folder.write("padded.xz", xz + std::string(8, '\0'))) == "one\ntwo\n");
}

TEST_CASE("what follows compressed data and is none is an error, not left out") {
  const test::TemporaryFolder folder;
  const std::string gzip = bytes_of(test::write_gzip(folder.file("1.gz"), "one\n"));
  const std::string xz = test::xz_bytes("one\n");
  for (const std::string& whole : {gzip, xz}) {
    for (const std::string& more :
         {std::string("x"), std::string("two\n"), std::string("\0x", 2), whole == xz ? gzip : xz}) {
      CHECK_FAILS(read_all(folder.write("more", whole + more)), ExitCode::bad_data, "more");
    }
  }
}

TEST_CASE("compressed data that ends early, or is damaged, is an error wherever it happens") {
  const test::TemporaryFolder folder;
  const std::string gzip = bytes_of(test::write_gzip(folder.file("whole.gz"), noise(300)));
  for (const std::string& whole : {gzip, test::xz_bytes(noise(300))}) {
    for (std::size_t size = 2; size < whole.size(); ++size) {
      CAPTURE(size);
      const std::string path = folder.write("cut", whole.substr(0, size));
      CHECK_FAILS(read_all(path), ExitCode::bad_data, "truncated");
      const std::string again = folder.write("again", whole + whole.substr(0, size));
      CHECK_FAILS(read_all(again), ExitCode::bad_data, "again");
    }
    for (std::size_t at = whole.size() / 2; at < whole.size(); ++at) {
      CAPTURE(at);
      std::string damaged = whole;
      damaged[at] ^= 1;
      CHECK_FAILS(read_all(folder.write("damaged", damaged)), ExitCode::bad_data, "damaged");
    }
  }
}

TEST_CASE("an xz file that takes much memory to read is refused") {
  const test::TemporaryFolder folder;
  const std::string largest = test::xz_bytes("small", 64 << 20);  // that of xz -9
  CHECK(read_all(folder.write("largest.xz", largest)) == "small");
  CHECK_FAILS(read_all(folder.write("larger.xz", test::xz_bytes("small", 192 << 20))),
              ExitCode::bad_data, "128 MiB are the limit: unpack it first");
}

TEST_CASE("the declared bound on a file's content holds for what deflate and LZMA do best") {
  const test::TemporaryFolder folder;
  const std::string zeros(20'000'000, '\0');
  for (const std::string& path : {test::write_gzip(folder.file("zeros.gz"), zeros),
                                  test::write_xz(folder.file("zeros.xz"), zeros)}) {
    const InputFile file(path);
    CHECK(file.max_bytes() >= zeros.size());
    CHECK(file.max_bytes() < 2 * zeros.size());
  }
}

TEST_CASE("what is no readable file is refused") {
  const test::TemporaryFolder folder;
  CHECK_FAILS(InputFile(folder.file("none")), ExitCode::no_input, "does not exist");
  CHECK_FAILS(InputFile(std::filesystem::temp_directory_path().string()), ExitCode::no_input,
              "not a regular file");
}

}  // namespace
}  // namespace tusk::tables
