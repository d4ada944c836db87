// SPDX-License-Identifier: Apache-2.0
#include "run/checkpoint/state_file.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <span>
#include <string>
#include <vector>

#include "check_fails.hpp"
#include "temporary_folder.hpp"

using namespace tusk;
namespace fs = std::filesystem;

namespace {

std::vector<std::byte> some_bytes(std::size_t count) {
  std::vector<std::byte> bytes(count);
  for (std::size_t i = 0; i < count; ++i) bytes[i] = static_cast<std::byte>(i * 31 + i / 251);
  return bytes;
}

std::string content(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void replace(const fs::path& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
}

}  // namespace

TEST_CASE("a state file gives back what was written, of any size") {
  const test::TemporaryFolder folder;
  for (const std::size_t size : {0UL, 1UL, 1048575UL, 1048576UL, 1048577UL, 3500001UL}) {
    const fs::path path = folder.file("file" + std::to_string(size));
    checkpoint::write_state_file(path, some_bytes(size));
    CHECK(checkpoint::read_state_file(path) == some_bytes(size));
  }
}

TEST_CASE("a flipped byte anywhere in a state file is noticed, and so is a file that is cut") {
  const test::TemporaryFolder folder;
  const fs::path path = folder.file("file");
  checkpoint::write_state_file(path, some_bytes(1'300'000));
  const std::string whole = content(path);
  for (std::size_t at = 0; at < whole.size(); at += at < 200 ? 1 : 9973) {
    std::string flipped = whole;
    flipped[at] = static_cast<char>(flipped[at] ^ 0x10);
    replace(path, flipped);
    CHECK_THROWS_AS(checkpoint::read_state_file(path), Error);
  }
  for (const std::size_t size : {0UL, 10UL, 31UL, 32UL, 1000UL, whole.size() - 1}) {
    replace(path, whole.substr(0, size));
    CHECK_FAILS(checkpoint::read_state_file(path), ExitCode::bad_data, "damaged");
  }
  replace(path, whole + "x");
  CHECK_FAILS(checkpoint::read_state_file(path), ExitCode::bad_data, "damaged");
}

TEST_CASE("a state file of another version is refused with both versions") {
  const test::TemporaryFolder folder;
  const fs::path path = folder.file("file");
  checkpoint::write_state_file(path, some_bytes(100));
  std::string text = content(path);
  text[8] = 7;  // the version, behind the eight letters that begin the file
  const std::uint64_t checksum = checkpoint::checksum_of(std::as_bytes(std::span(text).first(24)));
  std::memcpy(text.data() + 24, &checksum, sizeof checksum);
  replace(path, text);
  CHECK_FAILS(checkpoint::read_state_file(path), ExitCode::bad_data,
              "is of version 7 of checkpoints, this program reads version 2");
}

TEST_CASE("a state file replaces no other; what is not there is said") {
  const test::TemporaryFolder folder;
  const fs::path path = folder.file("file");
  checkpoint::write_state_file(path, some_bytes(10));
  CHECK_FAILS(checkpoint::write_state_file(path, some_bytes(20)), ExitCode::cannot_create,
              "cannot be created");
  CHECK(checkpoint::read_state_file(path) == some_bytes(10));
  CHECK_FAILS(checkpoint::read_state_file(folder.file("other")), ExitCode::no_input,
              "cannot be opened");
}

TEST_CASE("the checksum differs for every single changed byte") {
  const auto bytes = some_bytes(201);
  const std::uint64_t checksum = checkpoint::checksum_of(bytes);
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    auto changed = bytes;
    changed[at] ^= std::byte{1};
    CHECK(checkpoint::checksum_of(changed) != checksum);
  }
  auto longer = bytes;
  longer.push_back(std::byte{0});
  CHECK(checkpoint::checksum_of(longer) != checksum);
}
