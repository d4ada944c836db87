// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace tusk::records {

// One step of one worker.
struct StepRecord {
  std::uint32_t worker = 0;
  std::uint32_t epoch = 0;    // from 1
  std::uint64_t step = 0;     // of this worker, from 1
  double time_s = 0.0;        // since the training began, at the step's end
  std::uint32_t samples = 0;  // in its mini-batch
  float loss = 0.0F;
};

// One commit to the center.
struct CommitRecord {
  std::uint64_t ticket = 0;
  std::uint32_t worker = 0;
  std::uint32_t steps = 0;  // since the worker's commit before
  std::uint64_t staleness = 0;
  std::uint64_t samples = 0;  // in these steps
  double time_s = 0.0;        // since the training began
};

// history.h5: a group `steps` and a group `commits`, each with one data set for every member of the
// records above, under the member's name and a row a record; `steps` has one more for every metric,
// under the metric's name. Rank 0's coordinator writes it. Records are buffered. Not thread-safe.
//
// A new column is a member above, which a worker's Reporter fills in (run/worker/reporter.cpp), and
// its Column in history_file.cpp. Records travel to rank 0 as the structs that they are.
class HistoryFile {
 public:
  // Error(cannot_create) if the file cannot be created.
  HistoryFile(const std::string& path, const std::vector<std::string>& metrics);
  ~HistoryFile();
  HistoryFile(HistoryFile&&) noexcept;
  HistoryFile& operator=(HistoryFile&&) noexcept;

  // `metrics`: this step's values, in the constructor's order.
  void add(const StepRecord& record, std::span<const float> metrics);
  void add(const CommitRecord& record);

  // Hands everything added so far to the operating system. Error(io_error).
  void flush();

  // Flushes and closes, and reports what the destructor cannot. Nothing can be added after it; the
  // destructor without it loses what was not flushed.
  void close();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace tusk::records
