// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include "experiment/experiment.hpp"
#include "run/records/epoch_book.hpp"
#include "run/training/train.hpp"

namespace tusk::simulation {

// `count` virtual workers for training::train(): a discrete-event simulation in which each worker
// is the code that also runs in an MPI job, on a virtual clock. Deterministic given the experiment:
// bit for bit the same on any number of `threads`, and with one worker the same as training on one
// rank. Time is that of experiment.simulate.
training::VirtualWorkers virtual_workers(std::size_t count, std::size_t threads);

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
                         std::uint64_t training_rows, std::size_t workers, std::size_t threads);

// Error(bad_experiment) if there cannot be so many workers: training::check_workers() and beyond it
// that `single` has one, an ensemble's members have nothing to do with each other, and a list of
// step times needs one for each.
void check_workers(const Experiment& experiment, std::size_t workers);

}  // namespace tusk::simulation
