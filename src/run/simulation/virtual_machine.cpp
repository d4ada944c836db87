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

// In a tree it is the relays'; workers reach their node's center by memory.
CompressionOptions compression_of_workers(const Experiment& experiment) {
  if (experiment.server.topology == ServerTopology::tree) return {};
  return experiment.server.compression;
}

}  // namespace

relay::Groups groups_of(const Experiment& experiment, std::size_t workers) {
  if (experiment.server.topology == ServerTopology::flat) return {workers, workers};
  return {workers, experiment.server.ranks_per_node.value_or(workers + 1) - 1};
}

// Everything around a worker in its virtual form.
struct VirtualMachine::Around {
  Around(VirtualMachine& its, std::size_t worker)
      : machine(its),
        index(worker),
        node(its.node_of(worker)),
        center(node.shards.connect(its.scheduler_, worker, its.network_, its.step_times_,
                                   compression_of_workers(its.setup_.experiment), node.memory(),
                                   &node.bell)),
        claims(its.board(), its.scheduler_, worker),
        peers(its.exchanges_, worker, its.network_),
        sink(its.make_sink(worker)) {}

  std::unique_ptr<worker::Clock> make_clock() const;
  std::unique_ptr<worker::Gate> make_gate() const;

  VirtualMachine& machine;
  std::size_t index;
  VirtualNode& node;
  std::unique_ptr<center::CenterVariable> center;
  VirtualBoard claims;  // of partitions, over all nodes
  VirtualPeers peers;
  std::unique_ptr<KeptSink> sink;
};

std::unique_ptr<worker::Clock> VirtualMachine::Around::make_clock() const {
  const Experiment& experiment = machine.setup_.experiment;
  // The times of a run are of workers that were as slow as they are.
  const double factor =
      machine.step_times_.measured()
          ? 1.0
          : experiment.debug.slowness(index) *
                StepTimes::factor(experiment.simulate.worker_factor, experiment.seed, index);
  return std::make_unique<VirtualClock>(
      machine.scheduler_, index, machine.step_times_, factor,
      VirtualClock::Memory{node.memory(), experiment.simulate.step_memory});
}

std::unique_ptr<worker::Gate> VirtualMachine::Around::make_gate() const {
  return std::make_unique<VirtualGate>(machine.gatekeeper_, machine.cut_, node.shards.board(),
                                       node.bell, machine.scheduler_, index);
}

// A worker that trains.
class VirtualMachine::VirtualWorker {
 public:
  VirtualWorker(VirtualMachine& machine, std::size_t index)
      : around_(machine, index),
        worker_(machine.setup_.model, machine.setup_.initial, options(),
                worker::Worker::Outside{.center = *around_.center,
                                        .peers = around_.peers,
                                        .sink = *around_.sink,
                                        .clock = around_.make_clock(),
                                        .gate = around_.make_gate(),
                                        .passes = make_passes()}) {}

  void train() {
    worker_.run();
    around_.sink->end_pass();  // the last reports
  }
  const worker::Worker& worker() const { return worker_; }

  void keep(State& state) {
    double time_s = around_.machine.scheduler_.now_s(around_.index);
    state("time_s", time_s);
    if (state.reading()) around_.machine.scheduler_.begin_at(around_.index, time_s);
    state("sink", *around_.sink);
    state("worker", worker_);
    if (!state.reading()) return;
    around_.machine.cut_.goes_on(around_.index);
    if (worker_.finished()) around_.machine.cut_.finish(around_.index);
  }

 private:
  worker::Worker::Options options() const {
    worker::Worker::Options options = training::worker_options(
        around_.machine.setup_.experiment, around_.index, around_.node.workers, /*threads=*/1);
    options.stagger = around_.machine.setup_.experiment.simulate.stagger;
    return options;
  }

  std::unique_ptr<worker::Passes> make_passes() {
    const Setup& setup = around_.machine.setup_;
    const samples::BatchOptions batches =
        training::batch_options(setup.experiment, around_.index, setup.augmentation);
    const std::size_t factor = setup.experiment.trainer.parallelism_factor;
    if (factor <= 1) {
      shard_ = part_of(setup, around_.index, setup.workers);
      return std::make_unique<worker::ShardPasses>(*shard_, batches);
    }
    const std::size_t count = factor * setup.workers;
    return std::make_unique<worker::PartitionPasses>(
        worker::claims_of(around_.claims),
        [&setup, count](std::size_t partition) { return part_of(setup, partition, count); }, count,
        batches);
  }

  std::unique_ptr<samples::SampleSource> shard_;  // unless workers claim partitions
  Around around_;
  worker::Worker worker_;
};

// One of whom times alone are wanted, with the same things around it.
class VirtualMachine::VirtualPacedWorker {
 public:
  VirtualPacedWorker(VirtualMachine& machine, std::size_t index)
      : around_(machine, index),
        worker_({.experiment = machine.setup_.experiment,
                 .index = index,
                 .workers = around_.node.workers,
                 .weights = machine.setup_.model.trained_count()},
                {.center = *around_.center,
                 .peers = around_.peers,
                 .clock = around_.make_clock(),
                 .gate = around_.make_gate(),
                 .next_pass = [this] { return next_pass(); },
                 .end_pass = [this] { around_.sink->end_pass(); }},
                *machine.setup_.pace) {}

  void train() { worker_.run(); }

 private:
  std::optional<std::uint64_t> next_pass() {
    const Setup& setup = around_.machine.setup_;
    const std::size_t factor = setup.experiment.trainer.parallelism_factor;
    const std::uint64_t epochs = setup.experiment.trainer.epochs;
    if (factor <= 1) {
      if (passes_++ == epochs) return std::nullopt;
      return samples_of(around_.index, setup.workers);
    }
    const std::uint64_t parts = factor * setup.workers;
    const auto claim =
        static_cast<std::uint64_t>(around_.claims.fetch_add(center::Cell::next_partition, 1));
    if (claim / parts >= epochs) return std::nullopt;
    return samples_of(claim % parts, parts);
  }

  std::uint64_t samples_of(std::size_t part, std::size_t parts) const {
    const Setup& setup = around_.machine.setup_;
    return setup.experiment.data.repeat * datasets::block_of(setup.rows, part, parts).size();
  }

  Around around_;
  std::uint64_t passes_ = 0;
  PacedWorker worker_;
};

VirtualMachine::VirtualMachine(const Setup& setup)
    : setup_(setup),
      groups_(groups_of(setup.experiment, setup.workers)),
      scheduler_(setup.workers + relays(), setup.pace != nullptr ? 0 : setup.threads,
                 setup.stack_bytes),
      step_times_(setup.experiment.simulate.step_time, setup.workers, setup.experiment.seed,
                  setup.like),
      network_(setup.experiment.simulate, setup.model.exchanged_count(), setup.parameters),
      exchanges_(scheduler_, setup.workers),
      passes_(scheduler_, setup.workers),
      gatekeeper_(setup.workers, setup.experiment.trainer.max_staleness),
      cut_(setup.workers + relays(),
           topology(setup.experiment.trainer.strategy) == Topology::peers) {
  make_nodes();
  for (std::size_t index = 0; index < setup.workers; ++index) {
    if (setup.pace != nullptr) {
      paced_workers_.emplace_back(*this, index);
    } else {
      workers_.emplace_back(*this, index);
    }
  }
}

void VirtualMachine::make_nodes() {
  const std::size_t statistics = setup_.model.exchanged_count() - setup_.model.trained_count();
  const auto initial = setup_.initial.first(setup_.model.exchanged_count());
  const Experiment& experiment = setup_.experiment;
  std::vector<center::ControlBoard*> boards;
  for (std::size_t group = 0; group < groups_.count(); ++group) {
    const std::size_t workers = groups_.size(group);
    VirtualNode& node = nodes_.emplace_back(
        VirtualShards(initial, setup_.parameters, experiment.server.shards, workers, statistics,
                      traits(experiment.trainer.strategy).center_momentum),
        experiment.simulate, workers);
    boards.push_back(&node.shards.board());
  }
  boards_.emplace(std::move(boards), setup_.workers);
  if (groups_.count() == 1) return;
  tree_.emplace(VirtualTree::Setup{.experiment = experiment,
                                   .initial = initial,
                                   .statistics = statistics,
                                   .parameters = setup_.parameters,
                                   .workers = setup_.workers,
                                   .network = network_,
                                   .cut = cut_,
                                   .take = take_},
                scheduler_, nodes_);
}

VirtualMachine::~VirtualMachine() = default;

std::unique_ptr<KeptSink> VirtualMachine::make_sink(std::size_t worker) {
  if (topology(setup_.experiment.trainer.strategy) == Topology::peers) {
    return std::make_unique<VirtualMeetingSink>(passes_, worker, take_);
  }
  if (tree_) {
    return std::make_unique<VirtualNodeSink>(scheduler_, worker, node_of(worker).reports);
  }
  return std::make_unique<VirtualSink>(scheduler_, worker, take_);
}

void VirtualMachine::on_cut(VirtualCut::Wanted wanted, VirtualCut::Take take) {
  cut_.begin(std::move(wanted), std::move(take), [this](Scheduler::Turn& turn) {
    for (VirtualNode& node : nodes_) node.bell.ring(turn);
  });
}

void VirtualMachine::keep(State& state) {
  if (setup_.experiment.trainer.overlap) {
    state.cannot("a simulation of exchanges beside the steps has no checkpoints");
  }
  for (VirtualNode& node : nodes_) node.keep(state, tree_.has_value());
  if (tree_) state("tree", *tree_);
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
  scheduler_.run([this](std::size_t place) {
    if (place >= setup_.workers) return tree_->run(place - setup_.workers);
    if (setup_.pace != nullptr) return paced_workers_[place].train();
    workers_[place].train();
  });
}

bool VirtualMachine::has_center() const {
  return topology(setup_.experiment.trainer.strategy) == Topology::parameter_server;
}

void VirtualMachine::snapshot(std::span<float> out) {
  if (has_center()) {
    const std::size_t exchanged = setup_.model.exchanged_count();
    if (tree_) {
      tree_->snapshot(out.first(exchanged));
    } else {
      nodes_.front().shards.snapshot(out.first(exchanged));
    }
    std::ranges::copy(setup_.initial.subspan(exchanged), out.subspan(exchanged).begin());
  } else {
    workers_.front().worker().model(out);
  }
}

std::uint64_t VirtualMachine::updates() {
  if (!has_center()) return workers_.front().worker().exchanges();
  std::uint64_t updates = 0;
  for (VirtualNode& node : nodes_) updates += node.shards.updates();
  return updates;
}

}  // namespace tusk::simulation
