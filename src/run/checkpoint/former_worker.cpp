// SPDX-License-Identifier: Apache-2.0
#include "run/checkpoint/former_worker.hpp"

namespace tusk::checkpoint {
namespace {

// As worker::ShardPasses and PartitionPasses keep them.
void read_passes(State& state, FormerWorker& worker) {
  if (state.has("epoch")) {
    state("epoch", worker.epoch);
  } else {
    state("claim", worker.claim);
  }
  if (!state.has("batches")) {  // the claim was of no epoch any more
    worker.claim.reset();
    return;
  }
  state.part("batches", [&](State& part) {
    part.skip("epoch");
    part("taken", worker.taken);
  });
}

}  // namespace

FormerWorker FormerWorker::read(State& state) {
  FormerWorker worker;
  state.part("worker", [&](State& part) {
    part("finished", worker.finished);
    if (worker.finished) return;
    for (const char* own : {"started", "weights", "optimizer", "strategy", "center", "peers"}) {
      part.skip(own);
    }
    part.part("reporter", [&](State& reporter) {
      reporter("report", worker.report);
      for (const char* own : {"epoch", "steps", "last_submission_s"}) reporter.skip(own);
    });
    part.part("clock", [&](State& clock) { clock("now_s", worker.time_s); });
    part.part("passes", [&](State& passes) { read_passes(passes, worker); });
    for (const char* own : {"pass_steps", "pass_step"}) part.skip(own);
    part("step", worker.steps);
    part.skip("windows");
    part("updates", worker.updates);
    part.skip("learning_rate");
  });
  return worker;
}

void FormerWorker::keep(State& state) {
  state("finished", finished);
  state("epoch", epoch);
  state("claim", claim);
  state("taken", taken);
  state("steps", steps);
  state("updates", updates);
  state("time_s", time_s);
  state("report", report);
}

}  // namespace tusk::checkpoint
