// SPDX-License-Identifier: Apache-2.0
#include "run/records/run_directory.hpp"

#include <doctest/doctest.h>

#include <fstream>

#include "temporary_folder.hpp"
#include "tusk/error.hpp"

using namespace tusk;
using records::RunDirectory;
namespace fs = std::filesystem;

TEST_CASE("a run directory is made for its owner alone, parents too") {
  const test::TemporaryFolder folder;
  const RunDirectory directory(folder.path() / "runs" / "a", false);
  CHECK(fs::status(directory.path()).permissions() == fs::perms::owner_all);
  directory.write("summary.json", "{}");
  std::ifstream in(directory.file("summary.json"));
  CHECK(std::string(std::istreambuf_iterator<char>(in), {}) == "{}");
}

TEST_CASE("a run directory that exists is refused, and replaced when that is asked for") {
  const test::TemporaryFolder folder;
  const fs::path path = folder.path() / "a";
  RunDirectory(path, false).write("summary.json", "old");
  std::ofstream(path / "notes.txt") << "mine";
  try {
    RunDirectory(path, false);
    FAIL("not refused");
  } catch (const Error& error) {
    CHECK(error.code() == ExitCode::cannot_create);
    CHECK(std::string(error.what()).find("--overwrite") != std::string::npos);
  }
  const RunDirectory again(path, true);
  CHECK_FALSE(fs::exists(again.file("summary.json")));
  CHECK(fs::exists(again.file("notes.txt")));  // what is not a run's is not touched
}

TEST_CASE("an ensemble's members go with it, but for what is not theirs") {
  const test::TemporaryFolder folder;
  const fs::path path = folder.path() / "a";
  RunDirectory(path, false).write("ensemble.json", "{}");
  for (const char* name : {"00", "01", "notes", "100"}) {
    RunDirectory(path / "members" / name, false).write("model.h5", "old");
  }
  fs::create_directory_symlink(path / "members" / "notes", path / "members" / "02");
  std::ofstream(path / "members" / "01" / "mine.txt") << "mine";
  const RunDirectory again(path, true);
  CHECK_FALSE(fs::exists(path / "members" / "00"));
  CHECK_FALSE(fs::exists(path / "members" / "100"));
  CHECK_FALSE(fs::exists(path / "members" / "01" / "model.h5"));
  CHECK(fs::exists(path / "members" / "01" / "mine.txt"));
  CHECK(fs::exists(path / "members" / "notes" / "model.h5"));
}

TEST_CASE("a path that is a file, or below one, cannot become a run directory") {
  const test::TemporaryFolder folder;
  std::ofstream(folder.path() / "file") << "x";
  for (const char* name : {"file", "file/run"}) {
    try {
      RunDirectory(folder.path() / name, true);
      FAIL("not refused");
    } catch (const Error& error) {
      CHECK(error.code() == ExitCode::cannot_create);
    }
  }
}
