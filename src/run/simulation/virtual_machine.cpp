// SPDX-License-Identifier: Apache-2.0
#include "run/simulation/virtual_machine.hpp"

#include <utility>

#include "data/datasets/split.hpp"
#include "run/worker/partition_passes.hpp"

namespace tusk::simulation {
namespace {

// Part `part` of `parts` of the samples, when as many as there are workers are in use together.
std::unique_ptr<samples::SampleSource> part_of(const VirtualMachine::Setup& setup, std::size_t part,
                                               std::size_t parts) {
  const samples::SampleSource& samples = setup.samples;
  return samples.part_of(datasets::block_of(samples.size(), part, parts), setup.workers);
}

std::unique_ptr<worker::Passes> make_passes(const VirtualMachine::Setup& setup,
                                            center::ControlBoard& board) {
  const std::size_t factor = setup.experiment.trainer.parallelism_factor;
  if (factor <= 1) return nullptr;
  const std::size_t count = factor * setup.workers;
  return std::make_unique<worker::PartitionPasses>(
      board, [&setup, count](std::size_t partition) { return part_of(setup, partition, count); },
      worker::PartitionPasses::Options{
          .partitions = count,
          .epochs = setup.experiment.trainer.epochs,
          .batches = {.batch_size = setup.experiment.trainer.batch_size,
                      .shuffle = setup.experiment.data.shuffle,
                      .seed = setup.experiment.seed,
                      .repeat = setup.experiment.data.repeat}});
}

}  // namespace

// A worker with everything around it in its virtual form.
class VirtualMachine::Post {
 public:
  Post(VirtualMachine& machine, std::size_t worker)
      : shard_(part_of(machine.setup_, worker, machine.setup_.workers)),
        center_(machine.shards_.connect(machine.scheduler_, worker, machine.network_)),
        peers_(machine.exchanges_, worker, machine.network_),
        clock_(machine.scheduler_, worker, machine.step_times_,
               machine.setup_.experiment.debug.slowness(worker)),
        gate_(machine.gatekeeper_, machine.board(), machine.scheduler_, worker),
        sink_(machine.make_sink(worker)),
        passes_(make_passes(machine.setup_, center_->board())),
        workplace_(machine.setup_.experiment, machine.setup_.model, machine.setup_.initial,
                   worker::Site{.worker = worker,
                                .workers = machine.setup_.workers,
                                .shard = *shard_,
                                .center = *center_,
                                .peers = peers_,
                                .clock = clock_,
                                .gate = gate_,
                                .sink = *sink_,
                                .passes = passes_.get()}) {}

  void train() {
    workplace_.train();
    sink_->end_pass();  // the last reports
  }
  const worker::Workplace& workplace() const { return workplace_; }

 private:
  std::unique_ptr<samples::SampleSource> shard_;
  std::unique_ptr<center::CenterVariable> center_;
  VirtualPeers peers_;
  VirtualClock clock_;
  VirtualGate gate_;
  std::unique_ptr<records::ReportSink> sink_;
  std::unique_ptr<worker::Passes> passes_;
  worker::Workplace workplace_;
};

VirtualMachine::VirtualMachine(const Setup& setup)
    : setup_(setup),
      shards_(setup.initial, setup.parameters, setup.experiment.server.shards, setup.workers),
      scheduler_(setup.workers, setup.threads, setup.stack_bytes),
      step_times_(setup.experiment.simulate.step_time, setup.workers, setup.experiment.seed),
      network_(setup.experiment.simulate, setup.initial.size(), setup.parameters),
      exchanges_(scheduler_, setup.workers),
      passes_(scheduler_, setup.workers),
      gatekeeper_(setup.workers, setup.experiment.trainer.max_staleness) {
  for (std::size_t worker = 0; worker < setup.workers; ++worker) posts_.emplace_back(*this, worker);
}

VirtualMachine::~VirtualMachine() = default;

std::unique_ptr<records::ReportSink> VirtualMachine::make_sink(std::size_t worker) {
  if (topology(setup_.experiment.trainer.strategy) == Topology::peers) {
    return std::make_unique<VirtualMeetingSink>(passes_, worker, take_);
  }
  return std::make_unique<VirtualSink>(scheduler_, worker, take_);
}

void VirtualMachine::run(TakeReport take) {
  take_ = std::move(take);
  scheduler_.run([this](std::size_t worker) { posts_[worker].train(); });
}

bool VirtualMachine::has_center() const {
  return topology(setup_.experiment.trainer.strategy) == Topology::parameter_server;
}

void VirtualMachine::snapshot(std::span<float> out) {
  if (has_center()) {
    shards_.snapshot(out);
  } else {
    posts_.front().workplace().worker().model(out);
  }
}

std::uint64_t VirtualMachine::updates() {
  return has_center() ? shards_.updates() : posts_.front().workplace().exchanges();
}

}  // namespace tusk::simulation
