// SPDX-License-Identifier: Apache-2.0
#include "cli/simulation_table.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <string>

#include "check_fails.hpp"
#include "temporary_folder.hpp"

using namespace tusk;
using cli::SimulationTable;

namespace {

constexpr bool overwrite = true;
const cli::SimulationRow one_worker{.workers = 1, .elapsed_s = 100.0, .samples = 1000};

std::string content(const std::string& path) {
  std::ifstream in(path);
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

TEST_CASE("the speed-up is over one worker that trains as many samples") {
  SimulationTable table("n", "", false, one_worker);
  CHECK(table.add(one_worker).find(" 1.00 ") != std::string::npos);
  const auto four = table.add({.workers = 4, .elapsed_s = 25.0, .samples = 1000});
  CHECK(four.find(" 4.00 ") != std::string::npos);
  const auto stopped = table.add({.workers = 4, .elapsed_s = 2.5, .samples = 100});
  CHECK(stopped.find(" 4.00 ") != std::string::npos);
}

TEST_CASE("a CSV file is replaced with the first row, and only if that is asked for") {
  const test::TemporaryFolder folder;
  const std::string old = folder.write("table.csv", "old");
  CHECK_FAILS(SimulationTable("n", old, false, one_worker), ExitCode::cannot_create,
              "table.csv: exists already; --overwrite replaces it");
  SimulationTable table("a, \"b\"", old, overwrite, one_worker);
  CHECK(content(old) == "old");
  table.add(one_worker);
  table.add({.workers = 2, .elapsed_s = 50.0, .samples = 1000});
  CHECK(content(old) ==
        "name,workers,time_s,speed_up,staleness_mean,staleness_max,commits\n"
        "\"a, \"\"b\"\"\",1,100,1,0,0,0\n"
        "\"a, \"\"b\"\"\",2,50,2,0,0,0\n");
}

TEST_CASE("a CSV file that cannot be made is an error before anything is simulated") {
  const test::TemporaryFolder folder;
  CHECK_FAILS(SimulationTable("n", folder.file("none/table.csv"), false, one_worker),
              ExitCode::cannot_create, "there is no folder");
  CHECK_FAILS(SimulationTable("n", folder.path().string(), overwrite, one_worker),
              ExitCode::cannot_create, "is a directory");
}
