// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "tusk/state.hpp"

namespace tusk::records {

// One step of one worker.
struct StepRecord {
  std::uint32_t worker = 0;
  std::uint32_t epoch = 0;    // from 1
  std::uint64_t step = 0;     // of this worker, from 1
  double time_s = 0.0;        // since the training began, at the step's end
  std::uint32_t samples = 0;  // in its mini-batch
  float loss = 0.0F;
  std::uint32_t partition = 0;  // of the training rows, from which the mini-batch is: the worker's
                                // own, or one that it has claimed
  double learning_rate = 0.0;   // of the optimizer's step: scheduled, scaled by callbacks
  double weight = 0.0;          // Σ of its samples' weights; without weights as `samples`
};

// One commit to the center; where the center is spread over several servers, to shard 0.
struct CommitRecord {
  std::uint64_t ticket = 0;
  std::uint32_t worker = 0;
  std::uint32_t steps = 0;  // since the worker's commit before
  std::uint64_t staleness = 0;
  std::uint64_t samples = 0;  // in these steps
  double time_s = 0.0;        // since the training began
  std::uint64_t divisor = 1;  // of what was added, where the rule divides by the staleness
};

// The same commit to another shard of the center, which orders commits by itself.
struct ShardRecord {
  std::uint32_t worker = 0;
  std::uint32_t shard = 0;   // from 1
  std::uint64_t commit = 0;  // its ticket at shard 0
  std::uint64_t ticket = 0;  // here
  std::uint64_t staleness = 0;
  std::uint64_t divisor = 1;
};

// One pull that is no part of a commit. A worker's are in the order in which it made them.
struct PullRecord {
  std::uint32_t worker = 0;
  std::uint32_t shard = 0;
  std::uint64_t steps = 0;    // that the worker had trained by then
  std::uint64_t version = 0;  // the number of commits in what it got
  double time_s = 0.0;        // since the training began
};

// One exchange of a node's relay in a tree of centers.
struct MergeRecord {
  std::uint32_t relay = 0;     // the node's number
  std::uint64_t exchange = 0;  // of this relay, from 0
  std::uint64_t taken = 0;     // the node's commits in what the relay took
  std::uint64_t merged = 0;    // the node's commits before what it brought was added
  std::uint64_t ticket = 0;    // its commit at the relays' center, where they have one
  std::uint64_t divisor = 1;   // of that, as CommitRecord's
  double time_s = 0.0;         // when that was added, since the training began
};

// history.h5: the groups `steps`, `commits`, `shards` and `pulls`, each with one data set for every
// member of the records above, under the member's name and a row a record; `steps` has one more for
// every metric, under the metric's name. In a tree of centers there is the group `merges`, too.
// With the experiment it tells all that made the run what it was (docs/history.md;
// scripts/replay.py does it again). Rank 0's coordinator writes it. Records are buffered. Not
// thread-safe.
//
// Long runs are thinned: of the records added, those stand in the file whose step (of the worker),
// ticket (of commits and their shards) or number (of pulls) is a multiple of the root's attribute
// `every`; none if it is 0.
//
// The file is not locked, and flushed again and again, so that others can read it while it grows,
// and after a kill. A run outlives its history: when it cannot be written, a warning says so,
// nothing more is recorded, and close() throws what has happened.
//
// A new column is a member above, which a worker fills in (run/worker/worker_step.cpp,
// reporter.cpp), and its Column in history_file.cpp. Records travel to rank 0 as the structs that
// they are.
class HistoryFile {
 public:
  struct Options {
    // The file is there, and keep() will read. One that a killed run has left damaged is renamed,
    // with a warning, and begun anew.
    bool goes_on = false;
    std::uint64_t every = 1;  // of so many records one is kept; 0: none
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
  void add(const MergeRecord& record);  // whatever is thinned

  // Hands everything added so far to the operating system.
  void flush();

  // The same if the last time is two seconds ago.
  void flush_in_time();

  // What a checkpoint keeps: how many rows there are, all of them in the file. Reading cuts the
  // file to these, and warns if it has fewer.
  void keep(tusk::State& state);

  // Flushes and closes, and reports what the destructor cannot, and the first failure before it.
  // Nothing can be added after it; the destructor without it loses what was not flushed.
  // Error(io_error).
  void close();

 private:
  struct State;
  template <typename Work>
  void attempt(const Work& work);

  std::unique_ptr<State> state_;
};

}  // namespace tusk::records
