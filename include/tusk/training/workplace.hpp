// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <span>

#include "tusk/data/batches.hpp"
#include "tusk/data/shard.hpp"
#include "tusk/experiment/experiment.hpp"
#include "tusk/nn/model.hpp"
#include "tusk/optim/optimizer.hpp"
#include "tusk/strategies/strategy.hpp"
#include "tusk/training/clock.hpp"
#include "tusk/training/gate.hpp"
#include "tusk/training/observed_center.hpp"
#include "tusk/training/passes.hpp"
#include "tusk/training/reporter.hpp"
#include "tusk/training/worker.hpp"

namespace tusk::center {
class CenterVariable;
class Peers;
}  // namespace tusk::center

namespace tusk::training {

// Where a worker works: what differs between a process, an MPI job and a simulation. All must
// outlive the workplace.
struct Site {
  std::size_t worker = 0;  // its index
  std::size_t workers = 1;
  const data::Shard& shard;
  center::CenterVariable& center;
  center::Peers& peers;
  Clock& clock;
  Gate& gate;
  ReportSink& sink;
};

// One worker with all that it needs, wired together: optimizer, strategy, batches, reporter.
class Workplace {
 public:
  // `experiment` and `model` must outlive the object. `initial`: the weights to start from.
  Workplace(const Experiment& experiment, const nn::Model& model, std::span<const float> initial,
            const Site& site);

  void train() { worker_.run(); }
  const Worker& worker() const { return worker_; }

 private:
  Reporter reporter_;
  ObservedCenter center_;
  std::unique_ptr<optim::Optimizer> optimizer_;
  std::unique_ptr<strategies::Strategy> strategy_;
  data::Batches batches_;
  ShardPasses passes_;
  Worker worker_;
};

}  // namespace tusk::training
