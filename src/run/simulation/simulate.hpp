// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>

#include "experiment/experiment.hpp"
#include "run/records/epoch_book.hpp"
#include "run/records/run_times.hpp"
#include "run/records/summary.hpp"
#include "run/training/assembly.hpp"
#include "run/training/run.hpp"

namespace tusk::mpi {
class Communicator;
}

namespace tusk::simulation {

// Trains as training::train() does, with the virtual workers that assembly.roles say: a
// discrete-event simulation in which each worker is the code that also runs in an MPI job, on a
// virtual clock. Deterministic given the experiment: bit for bit the same on any number of
// `threads`, and with one worker the same as training on one rank. Time is that of
// experiment.simulate, or `like` that of a run (see StepTimes). `assembly` is of
// training::assemble_simulation(), for as many workers or more; `alone` has one rank. Checkpoints
// are taken by the virtual clock; `origin` is one that it goes on from. Throws mpi::CollectiveError
// and, while it trains, Error.
records::Summary train(const training::Assembly& assembly, const training::RunOptions& options,
                       std::size_t threads, const mpi::Communicator& alone,
                       const records::RunTimes* like = nullptr,
                       std::unique_ptr<checkpoint::Origin> origin = nullptr);

// Bytes that n workers take: weights, gradients and the optimizer's state of each.
std::uint64_t memory_bytes(const OptimizerOptions& optimizer, std::size_t parameters,
                           std::size_t workers);

// The times and the staleness of a simulation without its weights: the same code on a network of a
// few parameters that stands for one of `parameters`. Callbacks are left out.
struct Projection {
  double elapsed_s = 0.0;
  std::uint64_t samples = 0;  // trained, by all workers
  records::Staleness staleness;
};
Projection project_times(const Experiment& experiment, std::size_t parameters,
                         std::uint64_t training_rows, std::size_t workers,
                         const records::RunTimes* like = nullptr);

// Error(bad_experiment) if there cannot be so many workers: training::check_workers() and beyond it
// that `single` has one, an ensemble's members have nothing to do with each other, a list of step
// times needs one for each, and the times of a run are those of a rule with a center.
void check_workers(const Experiment& experiment, std::size_t workers,
                   const records::RunTimes* like = nullptr);

}  // namespace tusk::simulation
