// SPDX-License-Identifier: Apache-2.0
#include "run/records/run_times.hpp"

#include <doctest/doctest.h>

#include "check_fails.hpp"
#include "run/records/history_file.hpp"
#include "temporary_folder.hpp"

namespace tusk::records {
namespace {

// A history of one worker: a pull, then windows of two steps and an exchange.
void write_history(const std::string& path, int windows) {
  HistoryFile history(path, {});
  double time_s = 1.0;
  history.add(PullRecord{.time_s = time_s});
  for (int window = 0; window < windows; ++window) {
    for (int step = 0; step < 2; ++step) history.add(StepRecord{.time_s = time_s += 0.5}, {});
    history.add(CommitRecord{.time_s = time_s += 0.125});
  }
  history.close();
}

}  // namespace

TEST_CASE("a worker's steps and exchanges are told apart by what they end with") {
  const test::TemporaryFolder folder;
  write_history(folder.file("history.h5"), 3);
  const RunTimes run = read_run_times(folder.file("history.h5"), false);
  REQUIRE(run.size() == 1);
  CHECK(run[0].steps_s == std::vector<double>(6, 0.5));
  CHECK(run[0].exchanges_s == std::vector<double>(3, 0.125));
}

TEST_CASE("where exchanges are within steps, they are what goes beyond a step's mean") {
  const test::TemporaryFolder folder;
  HistoryFile history(folder.file("history.h5"), {});
  for (const double time_s : {0.5, 1.0, 2.0, 2.5}) {
    history.add(StepRecord{.time_s = time_s}, {});
    if (time_s == 1.0) history.add(CommitRecord{.time_s = 1.75});  // 0.5 + 0.25 after the step
  }
  history.close();
  const RunTimes run = read_run_times(folder.file("history.h5"), true);
  REQUIRE(run.size() == 1);
  CHECK(run[0].steps_s == std::vector<double>(2, 0.5));
  CHECK(run[0].exchanges_s == std::vector<double>(1, 0.25));
}

TEST_CASE("a history that was thinned tells no times") {
  const test::TemporaryFolder folder;
  HistoryFile(folder.file("thin.h5"), {}, {.every = 10}).close();
  HistoryFile(folder.file("none.h5"), {}, {.every = 0}).close();
  CHECK_FAILS(read_run_times(folder.file("thin.h5"), false), ExitCode::bad_data,
              "thin.h5: has one of 10 of its run's steps");
  CHECK_FAILS(read_run_times(folder.file("none.h5"), false), ExitCode::bad_data, "has none of");
}

TEST_CASE("a history that does not tell exchanges from steps is refused") {
  const test::TemporaryFolder folder;
  write_history(folder.file("none.h5"), 0);
  CHECK_FAILS(read_run_times(folder.file("none.h5"), false), ExitCode::bad_data, "has 0 commits");
  HistoryFile history(folder.file("peers.h5"), {});
  history.add(StepRecord{.time_s = 1.0}, {});
  history.add(StepRecord{.time_s = 2.0}, {});
  history.close();
  CHECK_FAILS(read_run_times(folder.file("peers.h5"), false), ExitCode::bad_data,
              "worker 0 has 0 commits and 1 steps");
  CHECK_FAILS(read_run_times(folder.file("missing.h5"), false), ExitCode::no_input, "missing.h5");
}

}  // namespace tusk::records
