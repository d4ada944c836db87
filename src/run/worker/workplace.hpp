// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "data/samples/batches.hpp"
#include "data/samples/sample_source.hpp"
#include "exchange/center/overlapping_center.hpp"
#include "exchange/strategies/strategy.hpp"
#include "experiment/experiment.hpp"
#include "net/graph/model.hpp"
#include "net/optim/optimizer.hpp"
#include "net/optim/schedule.hpp"
#include "run/worker/clock.hpp"
#include "run/worker/gate.hpp"
#include "run/worker/observed_center.hpp"
#include "run/worker/observed_peers.hpp"
#include "run/worker/passes.hpp"
#include "run/worker/reporter.hpp"
#include "run/worker/worker.hpp"

namespace tusk::center {
class CenterVariable;
class Peers;
}  // namespace tusk::center

namespace tusk::worker {

// Where a worker works: what differs between a process, an MPI job and a simulation. All must
// outlive the workplace.
struct Site {
  std::size_t worker = 0;  // its index
  std::size_t workers = 1;
  const samples::SampleSource& shard;
  center::CenterVariable& center;
  center::Peers& peers;
  Clock& clock;
  Gate& gate;
  records::ReportSink& sink;
  Passes* passes = nullptr;  // what to train on, if it is not the shard, once an epoch
  std::size_t threads = 1;   // to compute with
};

// One worker with all that it needs, wired together: optimizer, strategy, batches, reporter.
class Workplace {
 public:
  // `experiment` and `model` must outlive the object. `initial`: the weights to start from.
  // Error(bad_experiment) when the trainer and the optimizer do not go together.
  Workplace(const Experiment& experiment, const graph::Model& model, std::span<const float> initial,
            const Site& site);

  void train() { worker_.run(); }
  const Worker& worker() const { return worker_; }
  std::uint64_t exchanges() const { return peers_.exchanges(); }  // with its peers

 private:
  Reporter reporter_;
  ObservedCenter center_;
  std::unique_ptr<center::OverlappingCenter> overlapping_;  // around center_, if asked for
  ObservedPeers peers_;
  std::unique_ptr<optim::Optimizer> optimizer_;
  optim::Schedule schedule_;
  std::unique_ptr<strategies::Strategy> strategy_;
  samples::Batches batches_;
  ShardPasses shard_passes_;
  Worker worker_;
};

}  // namespace tusk::worker
