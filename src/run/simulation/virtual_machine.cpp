// SPDX-License-Identifier: Apache-2.0
#include "run/simulation/virtual_machine.hpp"

#include <algorithm>
#include <utility>

#include "data/datasets/split.hpp"
#include "run/training/make_worker.hpp"
#include "run/worker/partition_passes.hpp"

namespace tusk::simulation {
namespace {

// Part `part` of `parts` of the samples, when as many as there are workers are in use together.
std::unique_ptr<samples::SampleSource> part_of(const VirtualMachine::Setup& setup, std::size_t part,
                                               std::size_t parts) {
  const samples::SampleSource& samples = setup.samples;
  return samples.part_of(datasets::block_of(samples.size(), part, parts), setup.workers);
}

}  // namespace

// A worker with everything around it in its virtual form.
class VirtualMachine::VirtualWorker {
 public:
  VirtualWorker(VirtualMachine& machine, std::size_t index)
      : machine_(machine),
        index_(index),
        center_(machine.shards_.connect(machine.scheduler_, index, machine.network_,
                                        machine.step_times_)),
        peers_(machine.exchanges_, index, machine.network_),
        sink_(machine.make_sink(index)),
        worker_(machine.setup_.model, machine.setup_.initial,
                training::worker_options(machine.setup_.experiment, index, machine.setup_.workers,
                                         /*threads=*/1),
                worker::Worker::Outside{.center = *center_,
                                        .peers = peers_,
                                        .sink = *sink_,
                                        .clock = make_clock(),
                                        .gate = make_gate(),
                                        .passes = make_passes()}) {}

  void train() {
    worker_.run();
    sink_->end_pass();  // the last reports
  }
  const worker::Worker& worker() const { return worker_; }

  void keep(State& state) {
    double time_s = machine_.scheduler_.now_s(index_);
    state("time_s", time_s);
    if (state.reading()) machine_.scheduler_.begin_at(index_, time_s);
    state("sink", *sink_);
    state("worker", worker_);
    if (state.reading() && worker_.finished()) machine_.cut_.finish(index_);
  }

 private:
  std::unique_ptr<worker::Clock> make_clock() const {
    // The times of a run are of workers that were as slow as they are.
    const double factor =
        machine_.step_times_.measured() ? 1.0 : machine_.setup_.experiment.debug.slowness(index_);
    return std::make_unique<VirtualClock>(machine_.scheduler_, index_, machine_.step_times_,
                                          factor);
  }

  std::unique_ptr<worker::Gate> make_gate() const {
    return std::make_unique<VirtualGate>(machine_.gatekeeper_, machine_.cut_, machine_.board(),
                                         machine_.scheduler_, index_);
  }

  std::unique_ptr<worker::Passes> make_passes() {
    const Setup& setup = machine_.setup_;
    const samples::BatchOptions batches =
        training::batch_options(setup.experiment, index_, setup.augmentation);
    const std::size_t factor = setup.experiment.trainer.parallelism_factor;
    if (factor <= 1) {
      shard_ = part_of(setup, index_, setup.workers);
      return std::make_unique<worker::ShardPasses>(*shard_, batches);
    }
    const std::size_t count = factor * setup.workers;
    return std::make_unique<worker::PartitionPasses>(
        center_->board(),
        [&setup, count](std::size_t partition) { return part_of(setup, partition, count); }, count,
        batches);
  }

  VirtualMachine& machine_;
  std::size_t index_;
  std::unique_ptr<samples::SampleSource> shard_;  // unless workers claim partitions
  std::unique_ptr<center::CenterVariable> center_;
  VirtualPeers peers_;
  std::unique_ptr<KeptSink> sink_;
  worker::Worker worker_;
};

VirtualMachine::VirtualMachine(const Setup& setup)
    : setup_(setup),
      shards_(setup.initial.first(setup.model.exchanged_count()), setup.parameters,
              setup.experiment.server.shards, setup.workers,
              setup.model.exchanged_count() - setup.model.trained_count(),
              traits(setup.experiment.trainer.strategy).center_momentum),
      scheduler_(setup.workers, setup.threads, setup.stack_bytes),
      step_times_(setup.experiment.simulate.step_time, setup.workers, setup.experiment.seed,
                  setup.like),
      network_(setup.experiment.simulate, setup.model.exchanged_count(), setup.parameters),
      exchanges_(scheduler_, setup.workers),
      passes_(scheduler_, setup.workers),
      gatekeeper_(setup.workers, setup.experiment.trainer.max_staleness),
      cut_(setup.workers, topology(setup.experiment.trainer.strategy) == Topology::peers) {
  for (std::size_t index = 0; index < setup.workers; ++index) workers_.emplace_back(*this, index);
}

VirtualMachine::~VirtualMachine() = default;

std::unique_ptr<KeptSink> VirtualMachine::make_sink(std::size_t worker) {
  if (topology(setup_.experiment.trainer.strategy) == Topology::peers) {
    return std::make_unique<VirtualMeetingSink>(passes_, worker, take_);
  }
  return std::make_unique<VirtualSink>(scheduler_, worker, take_);
}

void VirtualMachine::on_cut(VirtualCut::Wanted wanted, VirtualCut::Take take) {
  cut_.begin(std::move(wanted), std::move(take));
}

void VirtualMachine::keep(State& state) {
  state("shards", shards_);
  state("gatekeeper", gatekeeper_);
  for (VirtualWorker& worker : workers_) state("worker", worker);
}

std::vector<std::uint8_t> VirtualMachine::finished() const {
  std::vector<std::uint8_t> all;
  for (const VirtualWorker& worker : workers_) all.push_back(worker.worker().finished() ? 1 : 0);
  return all;
}

std::uint64_t VirtualMachine::steps(std::size_t worker) const {
  return workers_[worker].worker().steps();
}

void VirtualMachine::run(TakeReport take) {
  take_ = std::move(take);
  scheduler_.run([this](std::size_t worker) { workers_[worker].train(); });
}

bool VirtualMachine::has_center() const {
  return topology(setup_.experiment.trainer.strategy) == Topology::parameter_server;
}

void VirtualMachine::snapshot(std::span<float> out) {
  if (has_center()) {
    const std::size_t exchanged = setup_.model.exchanged_count();
    shards_.snapshot(out.first(exchanged));
    std::ranges::copy(setup_.initial.subspan(exchanged), out.subspan(exchanged).begin());
  } else {
    workers_.front().worker().model(out);
  }
}

std::uint64_t VirtualMachine::updates() {
  return has_center() ? shards_.updates() : workers_.front().worker().exchanges();
}

}  // namespace tusk::simulation
