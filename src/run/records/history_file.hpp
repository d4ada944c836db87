// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "run/records/history_records.hpp"
#include "tusk/state.hpp"

namespace tusk::records {

// How long a history is, in rows of each of its groups, all of them in the file.
struct HistoryRows {
  std::uint64_t every = 1;
  std::uint64_t pulls_seen = 0;  // also those that are not kept
  std::uint64_t steps = 0;
  std::uint64_t commits = 0;
  std::uint64_t shards = 0;
  std::uint64_t pulls = 0;
  std::uint64_t merges = 0;
  std::uint64_t nodes = 0;
  std::uint64_t sums = 0;
};

// history.h5, and in a tree of centers a file history/node-NNN.h5 for each node: groups, each with
// one data set for every member of a record (history_records.hpp), under the member's name and a
// row a record; `steps` has one more for every metric, under the metric's name.
//
//   of_workers   steps, commits, shards and pulls; and in a node's file, from the first on, merges
//   of_tree      nodes, which says whose files there are, sums, and merges of all relays
//
// With the experiment they tell all that made the run what it was (docs/history.md;
// scripts/replay.py does it again). Rank 0's coordinator writes history.h5, each relay its node's
// file. Records are buffered. Not thread-safe.
//
// A run outlives its history: when it cannot be written, a warning says so, nothing more is
// recorded, and close() throws what has happened.
//
// A new column is a member of a record, which a worker fills in (run/worker/worker_step.cpp,
// reporter.cpp), and a line in history_columns.hpp. Records travel as the structs that they are.
class HistoryFile {
 public:
  enum class Layout { of_workers, of_tree };
  struct Options {
    // The file is there, and keep() or cut() will follow. One that a killed run has left damaged is
    // renamed, with a warning, and begun anew.
    bool goes_on = false;
    std::uint64_t every = 1;  // of so many records one is kept; 0: none
    Layout layout = Layout::of_workers;
  };

  // Error(cannot_create) if the file cannot be created.
  HistoryFile(const std::string& path, const std::vector<std::string>& metrics,
              const Options& options);
  HistoryFile(const std::string& path, const std::vector<std::string>& metrics);
  ~HistoryFile();
  HistoryFile(HistoryFile&&) noexcept;
  HistoryFile& operator=(HistoryFile&&) noexcept;

  // `metrics`: this step's values, in the constructor's order.
  void add(const StepRecord& record, std::span<const float> metrics);
  void add(const CommitRecord& record);
  void add(const ShardRecord& record);
  void add(const PullRecord& record);
  void add(const MergeRecord& record);  // these whatever is thinned
  void add(const NodeRecord& record);
  void add(const SumRecord& record);

  // Hands everything added so far to the operating system.
  void flush();

  // The same if the last time is two seconds ago.
  void flush_in_time();

  // How many rows there are. Flushes. What a group has not got counts 0.
  HistoryRows rows();

  // Cuts the file to these, and warns if it has fewer; goes on thinning as they were.
  void cut(const HistoryRows& rows);

  // What a checkpoint keeps: rows(). Reading cuts the file to them.
  void keep(tusk::State& state);

  // Flushes and closes, and reports what the destructor cannot, and the first failure before it.
  // Nothing can be added after it; the destructor without it loses what was not flushed.
  // Error(io_error).
  void close();

 private:
  struct State;
  template <typename Work>
  void attempt(const Work& work);
  template <typename Table, typename Record>
  void add_to(Table& table, const char* group, const Record& record,
              std::span<const float> metrics = {});

  std::unique_ptr<State> state_;
};

// "history/node-003.h5": where, in a run directory, the history of a node of a tree is.
std::string node_history(std::uint64_t file);

}  // namespace tusk::records
