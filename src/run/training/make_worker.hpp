// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <memory>

#include "data/samples/batches.hpp"
#include "experiment/experiment.hpp"
#include "run/worker/board_gate.hpp"
#include "run/worker/partition_passes.hpp"
#include "run/worker/worker.hpp"

namespace tusk::checkpoint {
struct Origin;
}
namespace tusk::coordinator {
class Coordinator;
}

namespace tusk::training {

struct Assembly;
class DealtRows;

// This rank's worker, with the clock, gate and passes of a real run. `assembly`, of a rank that
// trains, and the others must outlive it. The clock begins with the call. Throws what the
// constructor of worker::Worker throws.
// `around`, if it is there, puts something around the worker's gate.
// `dealt`: the epochs that are not dealt as ever (Run::dealt); may be null.
// `claim`: how partitions are claimed, if not at the center's board.
using GateAround = std::function<std::unique_ptr<worker::Gate>(std::unique_ptr<worker::BoardGate>)>;
std::unique_ptr<worker::Worker> make_worker(const Assembly& assembly,
                                            center::CenterVariable& center, center::Peers& peers,
                                            records::ReportSink& sink, const DealtRows* dealt,
                                            const GateAround& around = {},
                                            worker::Claim claim = {});

// For a run that goes on: this rank's worker as the checkpoint has it, or, with another number of
// workers, as one of them (worker::Worker::take_over, join). Error(bad_data).
void go_on(checkpoint::Origin& origin, worker::Worker& worker, std::size_t index);

// After that, on rank 0, whose coordinator has read its state: for another number of workers.
void regroup(const checkpoint::Origin& origin, std::size_t workers,
             coordinator::Coordinator& coordinator);

// The parts of an experiment that worker `index` of `workers` goes by, real or virtual.
worker::Worker::Options worker_options(const Experiment& experiment, std::size_t index,
                                       std::size_t workers, std::size_t threads);
samples::BatchOptions batch_options(const Experiment& experiment, std::size_t index,
                                    std::shared_ptr<const samples::Augmentation> augmentation);

}  // namespace tusk::training
