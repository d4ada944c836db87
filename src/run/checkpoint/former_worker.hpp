// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

#include "run/records/report.hpp"
#include "tusk/state.hpp"

namespace tusk::checkpoint {

// What a run with another number of workers has to know of each worker of the run that it goes on
// from: how far it had come, and what it had not told rank 0 yet.
struct FormerWorker {
  bool finished = false;  // it had nothing more to do, and nothing else is known

  // The pass that it stood in: the epoch of its shard, or the partition that it had claimed.
  std::uint32_t epoch = 0;
  std::optional<std::uint64_t> claim;
  std::uint64_t taken = 0;  // samples of it

  std::uint64_t steps = 0;
  std::uint64_t updates = 0;  // of the optimizer, which the schedule counts
  double time_s = 0.0;
  records::Report report;  // its ledger, and the records that it had not submitted

  // Reads worker::Worker's part of a checkpoint, and leaves out what is the worker's own.
  static FormerWorker read(State& state);

  void keep(State& state);  // on its way to the other ranks
};

}  // namespace tusk::checkpoint
