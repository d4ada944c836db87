// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

// The rows of histories. A record's members are the columns of its group, under their names
// (history_columns.hpp).
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

// One node of a tree of centers, whose workers' records are in a file of its own.
struct NodeRecord {
  std::uint32_t file = 0;  // its number (node_history)
  std::uint32_t node = 0;
  std::uint32_t first_worker = 0;
  std::uint32_t workers = 0;
  std::uint64_t from_step = 0;  // how many steps all workers had trained when it began
};

// What the relay of a node has told rank 0 once: the sums of so many of the next rows of its file.
struct SumRecord {
  std::uint32_t file = 0;      // of the node
  std::uint32_t finished = 0;  // workers that have
  std::uint64_t steps = 0;
  std::uint64_t samples = 0;  // in these steps
  std::uint64_t commits = 0;
  std::uint64_t staleness_sum = 0;  // of these commits
  std::uint64_t staleness_max = 0;
  double loss = 0.0;    // the samples' mean
  double weight = 0.0;  // the sum of theirs, as StepRecord's
  double time_s = 0.0;  // of the latest of these steps
};

}  // namespace tusk::records
