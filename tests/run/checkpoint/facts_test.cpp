// SPDX-License-Identifier: Apache-2.0
#include "run/checkpoint/facts.hpp"

#include <doctest/doctest.h>

#include <array>
#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include "check_fails.hpp"
#include "data/hdf5/checksum.hpp"
#include "temporary_folder.hpp"
#include "tusk/error.hpp"

using namespace tusk;
using checkpoint::DataFile;
namespace fs = std::filesystem;

namespace {

void write(const std::string& path, float first, bool with_checksum) {
  auto file = hdf5::File::create(path);
  const std::array<float, 3> numbers{first, 2.0F, 3.0F};
  file.create_dataset("features", ElementType::f32, {3})
      .write_rows(0, 3, ElementType::f32, std::as_bytes(std::span(numbers)));
  if (with_checksum) hdf5::write_checksum(file, hdf5::compute_checksum(file));
  file.close();
}

DataFile identified(const std::string& path) {
  const std::vector<hdf5::File> files{hdf5::File::open(path)};
  return checkpoint::identify("train", files).front();
}

void touch(const std::string& path) {
  fs::last_write_time(path, fs::last_write_time(path) + std::chrono::hours(1));
}

}  // namespace

TEST_CASE("a data file is the same at another place and time, and another with other bytes") {
  const test::TemporaryFolder folder;
  for (const bool with_checksum : {true, false}) {
    CAPTURE(with_checksum);
    const std::string path = folder.file(with_checksum ? "stored.h5" : "plain.h5");
    write(path, 1.0F, with_checksum);
    const DataFile before = identified(path);
    CHECK(before.checksum.empty() != with_checksum);
    CHECK(before.bytes == fs::file_size(path));
    const auto now = [&] { require_same_file(before, identified(path), "step-1"); };
    CHECK_NOTHROW(now());
    touch(path);
    CHECK_NOTHROW(now());  // with a warning, where there is no checksum
    const std::string copy = path + ".copy";
    fs::copy_file(path, copy);
    CHECK_NOTHROW(require_same_file(before, identified(copy), "step-1"));
    write(path, 9.0F, with_checksum);
    CHECK_FAILS(now(), ExitCode::bad_data, "is not the file that the run of step-1 began with");
  }
}

TEST_CASE("data that were changed without their checksum are no longer those of the run") {
  const test::TemporaryFolder folder;
  const std::string path = folder.file("data.h5");
  write(path, 1.0F, true);
  const DataFile before = identified(path);
  {
    auto file = hdf5::File::update(path);
    const std::array<float, 1> other{9.0F};
    file.dataset("features").write_rows(0, 1, ElementType::f32, std::as_bytes(std::span(other)));
    file.close();
  }
  const DataFile now = identified(path);
  CHECK(now.checksum == before.checksum);
  CHECK_FAILS(require_same_file(before, now, "step-1"), ExitCode::bad_data, "but other data");
}
