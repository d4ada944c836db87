// SPDX-License-Identifier: Apache-2.0
#include "run/records/run_directory.hpp"

#include <doctest/doctest.h>

#include <fstream>

#include "check_fails.hpp"
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

TEST_CASE("a run directory belongs to one job at a time, however that ends") {
  const test::TemporaryFolder folder;
  const fs::path path = folder.path() / "a";
  {
    const RunDirectory mine(path, false);
    CHECK_FAILS(RunDirectory::reopen(path), ExitCode::cannot_create, "is training in this run");
    CHECK_FAILS(RunDirectory(path, true), ExitCode::cannot_create, "is training in this run");
    CHECK_FAILS(RunDirectory::move_aside(path), ExitCode::cannot_create, "process ");
    mine.write("experiment.toml", "x");
  }
  CHECK(RunDirectory::unfinished(path));
  RunDirectory::reopen(path).write("summary.json", "{}");
  CHECK_FALSE(RunDirectory::unfinished(path));
}

TEST_CASE("a run is moved aside under the next free name, and nothing of it is lost") {
  const test::TemporaryFolder folder;
  const fs::path path = folder.path() / "a";
  for (const char* number : {"1", "2"}) {
    RunDirectory(path, false).write("experiment.toml", number);
    const fs::path aside = RunDirectory::move_aside(path / "");
    CHECK(aside.filename() == "a.old-" + std::string(number));
    std::ifstream in(aside / "experiment.toml");
    CHECK(std::string(std::istreambuf_iterator<char>(in), {}) == number);
    CHECK_FALSE(fs::exists(path));
  }
}

TEST_CASE("a run's checkpoints go with it, what else is in their folder does not") {
  const test::TemporaryFolder folder;
  const fs::path path = folder.path() / "a";
  RunDirectory(path, false).write("summary.json", "old");
  fs::create_directories(path / "checkpoints" / "step-0000000007");
  std::ofstream(path / "checkpoints" / "mine.txt") << "mine";
  const RunDirectory again(path, true);
  CHECK_FALSE(fs::exists(path / "checkpoints" / "step-0000000007"));
  CHECK(fs::exists(path / "checkpoints" / "mine.txt"));
}

TEST_CASE(
    "histories of a tree's nodes go with their run, and those that a checkpoint has not known") {
  const test::TemporaryFolder folder;
  const fs::path path = folder.path() / "a";
  const auto write = [&](const char* name) { std::ofstream(path / "history" / name) << "h5"; };
  const auto there = [&](const char* name) { return fs::exists(path / "history" / name); };
  {
    const RunDirectory directory(path, false);
    directory.make_room_for_nodes(0, 0);
    CHECK_FALSE(fs::exists(path / "history"));
    directory.make_room_for_nodes(0, 2);
    for (const char* name : {"node-000.h5", "node-001.h5", "node-002.h5", "mine.h5"}) write(name);
    directory.make_room_for_nodes(2, 2);
    CHECK(there("node-001.h5"));
    CHECK_FALSE(there("node-002.h5"));
  }
  const RunDirectory again(path, true);
  CHECK_FALSE(there("node-000.h5"));
  CHECK_FALSE(there("node-001.h5"));
  CHECK(there("mine.h5"));
}
