// SPDX-License-Identifier: Apache-2.0
#include "tusk/io/gzip_file.hpp"

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

namespace tusk::io {
namespace {

std::string read_all(const std::string& path) {
  GzipFile file(path);
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

TEST_CASE("a file reads the same, gzipped or not, and again after rewind") {
  const test::TemporaryFolder folder;
  for (const std::string& text : {std::string("a"), std::string(3'000'000, 'x'), noise(100'000)}) {
    CHECK(read_all(folder.write("plain", text)) == text);
    CHECK(read_all(test::write_gzip(folder.file("packed.gz"), text)) == text);
  }
  GzipFile file(folder.file("packed.gz"));
  std::vector<std::byte> first(1000);
  std::vector<std::byte> again(1000);
  file.read_exactly(first);
  file.rewind();
  file.read_exactly(again);
  CHECK(first == again);
  CHECK(file.is_compressed());
}

TEST_CASE("several gzip members in one file are one text") {
  const test::TemporaryFolder folder;
  const std::string one = bytes_of(test::write_gzip(folder.file("1.gz"), "one\n"));
  const std::string two = bytes_of(test::write_gzip(folder.file("2.gz"), "two\n"));
  CHECK(read_all(folder.write("both.gz", one + two)) == "one\ntwo\n");
}

TEST_CASE("compressed data that ends early, or is damaged, is an error wherever it happens") {
  const test::TemporaryFolder folder;
  const std::string whole = bytes_of(test::write_gzip(folder.file("whole.gz"), noise(300)));
  for (std::size_t size = 2; size < whole.size(); ++size) {
    CAPTURE(size);
    const std::string path = folder.write("cut.gz", whole.substr(0, size));
    CHECK_FAILS(read_all(path), ExitCode::bad_data, "truncated");
  }
  std::string damaged = whole;
  damaged[whole.size() - 6] ^= 1;  // in the checksum
  CHECK_FAILS(read_all(folder.write("damaged.gz", damaged)), ExitCode::bad_data, "damaged");
}

TEST_CASE("the declared bound on a file's content holds for what deflate does best") {
  const test::TemporaryFolder folder;
  const std::string zeros(20'000'000, '\0');
  const GzipFile file(test::write_gzip(folder.file("zeros.gz"), zeros));
  CHECK(file.max_bytes() >= zeros.size());
  CHECK(file.max_bytes() < 2 * zeros.size());
}

TEST_CASE("what is no readable file is refused") {
  const test::TemporaryFolder folder;
  CHECK_FAILS(GzipFile(folder.file("none")), ExitCode::no_input, "does not exist");
  CHECK_FAILS(GzipFile(std::filesystem::temp_directory_path().string()), ExitCode::no_input,
              "not a regular file");
}

}  // namespace
}  // namespace tusk::io
