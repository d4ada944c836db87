// SPDX-License-Identifier: Apache-2.0
#include "core/reserved_space.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <optional>

#include "check_fails.hpp"
#include "temporary_folder.hpp"
#include "tusk/error.hpp"

using namespace tusk;

namespace {

std::uint64_t bytes_on_disk(const std::string& path) {
  constexpr std::uint64_t unit = 512;  // of st_blocks, whatever the disk's
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 ? static_cast<std::uint64_t>(status.st_blocks) * unit
                                            : 0;
}

}  // namespace

TEST_CASE("room for a file is taken from the disk, and given back") {
  const test::TemporaryFolder folder;
  const std::string path = folder.file("model.h5.reserved");
  std::ofstream(path) << "of a job that was killed";
  std::optional<ReservedSpace> room(std::in_place, path, 1'000'000);
  CHECK(bytes_on_disk(path) >= 1'000'000);
  room.reset();
  CHECK_FALSE(std::filesystem::exists(path));
}

TEST_CASE("room that is not there is an error that says how much was wanted") {
  const test::TemporaryFolder folder;
  const std::string path = folder.file("model.h5.reserved");
  constexpr std::uint64_t exbibyte = std::uint64_t{1} << 60;
  CHECK_FAILS(ReservedSpace(path, exbibyte), ExitCode::io_error,
              path + ": no 1,152,921,504,606,846,976 bytes can be kept free: ");
  CHECK_FALSE(std::filesystem::exists(path));
}
