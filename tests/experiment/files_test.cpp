// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>

#include "experiment/example.hpp"

using namespace tusk;
namespace fs = std::filesystem;

namespace {

ExitCode exit_code(const std::string& path) {
  try {
    experiment::read_text(path);
  } catch (const Error& error) {
    CHECK(std::string(error.what()).find(path + ": ") != std::string::npos);
    return error.code();
  }
  return ExitCode::done;
}

}  // namespace

TEST_CASE("a file that is not there, no file, or no experiment has an exit code of its own") {
  const fs::path directory = fs::temp_directory_path() / "tusk-experiment-test";
  fs::create_directories(directory);
  const std::string missing = (directory / "missing.toml").string();
  const std::string present = (directory / "present.toml").string();
  const std::string huge = (directory / "huge.toml").string();
  std::ofstream(present) << example;
  std::ofstream(huge) << std::string(2 << 20, '#');
  CHECK(exit_code(missing) == ExitCode::no_input);
  CHECK(exit_code(directory.string()) == ExitCode::io_error);
  CHECK(exit_code(huge) == ExitCode::bad_experiment);
  CHECK(experiment::read_text(present) == example);
  fs::remove_all(directory);
}

TEST_CASE("every configuration that comes with the program is read") {
  if (!fs::exists(TUSK_CONFIGS)) return;
  for (const auto& entry : fs::directory_iterator(TUSK_CONFIGS)) {
    if (entry.path().extension() != ".toml") continue;
    const std::string path = entry.path().string();
    CAPTURE(path);
    CHECK_NOTHROW(experiment::read_experiment(experiment::read_text(path), path, {}, {}));
  }
}
