// SPDX-License-Identifier: Apache-2.0
#include "mpi/file_lock.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <optional>

#include "check_fails.hpp"
#include "mpi/environment.hpp"
#include "temporary_folder.hpp"
#include "tusk/error.hpp"

using namespace tusk;
using mpi::FileLock;
namespace fs = std::filesystem;

// Locks are of open files, not of processes: one process can have both parts.
TEST_CASE("a second writer of a file is refused, and told who the first is") {
  const test::TemporaryFolder folder;  // each rank's own
  const std::string path = folder.file("out.h5");
  std::optional first(FileLock::of_output(path));
  const std::string who = fmt::format("{}: process {} on {}", path, ::getpid(), mpi::host_name());
  CHECK_FAILS(FileLock::of_output(path), ExitCode::cannot_create, who + " is writing this file");
  const FileLock other = FileLock::of_output(folder.file("other.h5"));
  FileLock moved = *std::move(first);
  first.reset();
  CHECK_FAILS(FileLock::of_output(path), ExitCode::cannot_create, who);
  moved = FileLock::of_output(folder.file("third.h5"));
  const FileLock again = FileLock::of_output(path);
  CHECK(fs::exists(path + ".lock"));
}

TEST_CASE("what a killed writer has left is no lock, and an output's goes at its end") {
  const test::TemporaryFolder folder;
  const std::string path = folder.file("out.h5");
  std::ofstream(path + ".lock") << "process 1 on nowhere";
  { const FileLock lock = FileLock::of_output(path); }
  CHECK_FALSE(fs::exists(path + ".lock"));
  std::ofstream(path + ".lock") << "[[package]]";
  CHECK_FAILS(FileLock::of_output(path), ExitCode::cannot_create, "is another program's file");
  CHECK(fs::file_size(path + ".lock") == 11);
  const FileLock nowhere = FileLock::of_output(folder.file("no/such/folder/out.h5"));
}

TEST_CASE("the lock of a run directory stays in it as a file") {
  const test::TemporaryFolder folder;
  const std::string path = folder.path().string();
  {
    const FileLock lock = FileLock::of_run_directory(path);
    CHECK_FAILS(FileLock::of_run_directory(path), ExitCode::cannot_create,
                " is training in this run directory");
  }
  CHECK(fs::exists(path + "/tusk.lock"));
  const FileLock lock = FileLock::of_run_directory(path);
}
