// SPDX-License-Identifier: Apache-2.0
#include "net/formats/zip_archive.hpp"

#include <doctest/doctest.h>
#include <zlib.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

#include "check_fails.hpp"
#include "temporary_folder.hpp"

namespace tusk::formats {
namespace {

std::span<const std::byte> as_bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text));
}

std::string text_in(const ZipArchive& archive, const char* name) {
  const std::vector<std::byte> bytes = archive.read(name, 1 << 20);
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::string read_bytes(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void write_bytes(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

// An archive of two entries, and where its directory begins.
struct Sample {
  test::TemporaryFolder folder;
  std::string path = folder.file("a.zip");
  std::string bytes;
  std::size_t directory = 0;

  Sample() {
    write_zip(path, std::vector<ZipPart>{{"a.txt", as_bytes_of("contents")}, {"b", {}}});
    bytes = read_bytes(path);
    directory = bytes.find("PK\x01\x02");
  }
  void write(std::string changed) const { write_bytes(path, changed); }
};

}  // namespace

TEST_CASE("what is written is read, and is the same each time") {
  const Sample sample;
  CHECK(ZipArchive::is_archive(sample.path));
  const ZipArchive archive(sample.path);
  CHECK(archive.names() == std::vector<std::string>{"a.txt", "b"});
  CHECK(archive.has("b"));
  CHECK_FALSE(archive.has("c"));
  CHECK(text_in(archive, "a.txt") == "contents");
  CHECK(text_in(archive, "b").empty());
  CHECK_FAILS(archive.read("c", 10), ExitCode::bad_data, "no entry 'c'");
  CHECK_FAILS(archive.read("a.txt", 7), ExitCode::bad_data, "more than is plausible");
  CHECK(Sample().bytes == sample.bytes);
}

TEST_CASE("no beginning of an archive is read, and no byte of its records goes unchecked unseen") {
  const Sample sample;
  for (std::size_t size = 0; size < sample.bytes.size(); ++size) {
    sample.write(sample.bytes.substr(0, size));
    CHECK_FAILS(ZipArchive(sample.path), ExitCode::bad_data, "a.zip");
  }
  for (std::size_t i = 0; i < sample.bytes.size(); ++i) {
    std::string changed = sample.bytes;
    changed[i] = static_cast<char>(changed[i] ^ 0x55);
    sample.write(changed);
    try {  // what is read is what was written, or an error
      const ZipArchive archive(sample.path);
      const std::string text = archive.has("a.txt") ? text_in(archive, "a.txt") : "contents";
      CHECK(text == "contents");
    } catch (const Error& error) {
      CHECK(error.code() == ExitCode::bad_data);
    }
  }
}

TEST_CASE("a deflated entry is inflated to exactly its size") {
  const test::TemporaryFolder folder;
  const std::string path = folder.file("a.zip");
  std::string text(300'000, 'x');
  std::string packed(text.size(), '\0');
  z_stream stream{};
  REQUIRE(deflateInit2(&stream, 9, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY) == Z_OK);
  stream.next_in = reinterpret_cast<Bytef*>(text.data());
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  REQUIRE(deflate(&stream, Z_FINISH) == Z_STREAM_END);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  write_zip(path, std::vector<ZipPart>{{"a", as_bytes_of(packed)}});
  std::string bytes = read_bytes(path);
  const std::size_t record = bytes.find("PK\x01\x02");
  const auto set = [&](std::size_t offset, std::uint32_t value, std::size_t size) {
    std::memcpy(bytes.data() + record + offset, &value, size);
  };
  set(10, 8, 2);
  set(16,
      static_cast<std::uint32_t>(
          crc32(0, reinterpret_cast<const Bytef*>(text.data()), static_cast<uInt>(text.size()))),
      4);
  set(24, static_cast<std::uint32_t>(text.size()), 4);
  write_bytes(path, bytes);
  CHECK(ZipArchive(path).read("a", 1 << 20).size() == text.size());
  for (const std::uint32_t wrong : {299'999U, 300'001U, 0U}) {
    set(24, wrong, 4);
    write_bytes(path, bytes);
    CHECK_FAILS(ZipArchive(path).read("a", 1 << 20), ExitCode::bad_data, "'a' is damaged");
  }
  set(24, 0xF0000000, 4);
  write_bytes(path, bytes);
  CHECK_FAILS(ZipArchive(path).read("a", std::uint64_t{1} << 40), ExitCode::bad_data,
              "which weights never do");
}

TEST_CASE("names that lead out of an archive, or stand twice in it, are refused") {
  const test::TemporaryFolder folder;
  const std::string path = folder.file("a.zip");
  for (const char* name : {"../a", "a/../../b", "/a", "a\\b", "C:a", "..", ""}) {
    write_zip(path, std::vector<ZipPart>{{name, as_bytes_of("x")}});
    CHECK_FAILS(ZipArchive(path), ExitCode::bad_data, "leads out of it");
  }
  for (const char* name : {"a..b", "a/..b/c", "..."}) {
    write_zip(path, std::vector<ZipPart>{{name, as_bytes_of("x")}});
    CHECK(ZipArchive(path).has(name));
  }
  write_zip(path, std::vector<ZipPart>{{"a", {}}, {"a", {}}});
  CHECK_FAILS(ZipArchive(path), ExitCode::bad_data, "two entries 'a'");
}

TEST_CASE("what is no file is no archive") {
  const test::TemporaryFolder folder;
  CHECK_FAILS(ZipArchive(folder.file("none")), ExitCode::no_input, "none");
  CHECK_FAILS(ZipArchive("/dev/zero"), ExitCode::no_input, "no regular file");
  CHECK_FALSE(ZipArchive::is_archive(folder.file("none")));
}

}  // namespace tusk::formats
