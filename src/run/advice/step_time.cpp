// SPDX-License-Identifier: Apache-2.0
#include "run/advice/step_time.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <limits>
#include <memory>
#include <utility>
#include <vector>

#include "exchange/center/local_center.hpp"
#include "experiment/experiment.hpp"
#include "mpi/collectively.hpp"
#include "mpi/communicator.hpp"
#include "run/training/assembly.hpp"
#include "run/training/make_worker.hpp"
#include "run/worker/clock.hpp"
#include "run/worker/gate.hpp"
#include "run/worker/passes.hpp"
#include "run/worker/worker.hpp"
#include "tusk/peers.hpp"

namespace tusk::advice {
namespace {

using Time = std::chrono::steady_clock;

constexpr std::chrono::milliseconds rehearsal(100);
constexpr std::uint64_t warming_up = 1;  // steps that meet cold caches and new memory
constexpr std::uint64_t fewest = 3;      // steps beside them

// Ends the rehearsal.
class TimeLimit final : public worker::Gate {
 public:
  center::Orders enter(std::uint64_t window, worker::Standing& /*standing*/) override {
    const bool is_over = window >= warming_up + fewest && Time::now() - start_ > rehearsal;
    return {.stop = is_over ? 1 : 0};
  }

 private:
  Time::time_point start_ = Time::now();
};

// When each step was done, in turn.
class StepTimes final : public records::ReportSink {
 public:
  void submit(records::Report report) override {
    for (const records::StepRecord& step : report.steps) {
      if (step.step == warming_up) begin_s_ = step.time_s;
      end_s_ = step.time_s;
      steps_ = step.step;
    }
    compute_s_ = report.time.compute + report.time.read;
  }
  // Without the exchanges between them.
  std::optional<double> step_s() const {
    if (steps_ <= warming_up) return std::nullopt;
    const double mean_s = (end_s_ - begin_s_) / static_cast<double>(steps_ - warming_up);
    return std::min(mean_s, compute_s_ / static_cast<double>(steps_));
  }

 private:
  double begin_s_ = 0.0;
  double end_s_ = 0.0;
  double compute_s_ = 0.0;
  std::uint64_t steps_ = 0;
};

// In windows of one step, as every rule's steps are but for their exchanges; and for as many passes
// as there is time.
Experiment rehearsal_of(Experiment experiment) {
  experiment.trainer.strategy = DownpourOptions{.communication_window = 1};
  experiment.trainer.overlap = false;
  experiment.trainer.max_staleness.reset();
  experiment.trainer.epochs = std::numeric_limits<std::uint32_t>::max();
  return experiment;
}

std::optional<double> own_step(const training::Assembly& assembly) {
  const samples::SampleSource* samples = assembly.shard.get();
  std::unique_ptr<samples::SampleSource> partition;
  if (assembly.roles.worker && assembly.partitions) {
    partition = assembly.partitions->read(*assembly.roles.worker);
    samples = partition.get();
  }
  if (!assembly.roles.worker || samples == nullptr || samples->size() == 0) return std::nullopt;
  const Experiment experiment = rehearsal_of(assembly.experiment);
  const std::size_t exchanged = assembly.model.exchanged_count();
  const auto state = center::make_local_state(std::span(assembly.initial).first(exchanged), 1,
                                              exchanged - assembly.model.trained_count());
  center::LocalCenter center(state);
  center::LonePeer peers;
  StepTimes times;
  worker::Worker worker(
      assembly.model, assembly.initial,
      training::worker_options(experiment, 0, 1, experiment.trainer.threads),
      {.center = center,
       .peers = peers,
       .sink = times,
       .clock = std::make_unique<worker::WallClock>(),
       .gate = std::make_unique<TimeLimit>(),
       .passes = std::make_unique<worker::ShardPasses>(
           *samples, training::batch_options(experiment, 0, assembly.augmentation))});
  worker.run();
  return times.step_s();
}

}  // namespace

std::optional<double> measure_step(const training::Assembly& assembly,
                                   const mpi::Communicator& world) {
  std::array<double, 2> sum{};  // of seconds, of ranks
  mpi::collectively(world, [&] {
    if (const auto step_s = own_step(assembly)) sum = {*step_s, 1.0};
  });
  world.sum(std::span(sum));
  if (sum[1] == 0.0) return std::nullopt;
  return sum[0] / sum[1];
}

}  // namespace tusk::advice
