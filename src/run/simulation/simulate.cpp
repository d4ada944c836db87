// SPDX-License-Identifier: Apache-2.0
#include "run/simulation/simulate.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "data/samples/shard.hpp"
#include "net/optim/make_optimizer.hpp"
#include "run/simulation/virtual_machine.hpp"
#include "tusk/error.hpp"

namespace tusk::simulation {
namespace {

training::Outcome run_virtual_workers(const training::Run& run, std::size_t threads,
                                      const records::RunTimes* like) {
  const training::Assembly& assembly = run.assembly();
  VirtualMachine machine({.experiment = assembly.experiment,
                          .model = assembly.model,
                          .initial = assembly.initial,
                          .samples = *assembly.shard,
                          .parameters = assembly.model.exchanged_count(),
                          .workers = assembly.roles.workers,
                          .threads = threads,
                          .like = like});
  training::Outcome outcome;
  outcome.coordinator = run.begin(
      std::nullopt, [&](std::span<float> out) { machine.snapshot(out); }, machine.board());
  coordinator::LocalSink coordinator(*outcome.coordinator);
  machine.run([&](records::Report report) { coordinator.submit(std::move(report)); });
  outcome.weights.resize(assembly.model.parameter_count());
  machine.snapshot(outcome.weights);
  outcome.updates = machine.updates();
  return outcome;
}

// The stack of a worker's thread: a step of the network below takes less than a quarter of it.
constexpr std::size_t stand_in_stack = std::size_t{1} << 20U;

// A network that is as good as none, with a parameter for every shard at least.
graph::Model stand_in(std::size_t shards) {
  const std::size_t units = std::max<std::size_t>(8, shards);
  const ModelOptions options{.layers = {DenseOptions{.units = units}, DenseOptions{.units = 1}},
                             .loss = LossKind::mse};
  return {options, Shape{1}};
}

}  // namespace

records::Summary train(const training::Assembly& assembly, const training::RunOptions& options,
                       std::size_t threads, const mpi::Communicator& alone,
                       const records::RunTimes* like) {
  const training::Run run(assembly, options, alone);
  return run.end(run_virtual_workers(run, threads, like));
}

std::uint64_t memory_bytes(const OptimizerOptions& optimizer, std::size_t parameters,
                           std::size_t workers) {
  const std::vector<std::size_t> sizes{1};
  const std::size_t vectors = 2 + optim::make_optimizer(optimizer, sizes)->state().size();
  return workers * parameters * sizeof(float) * vectors;
}

Projection project_times(const Experiment& experiment, std::size_t parameters,
                         std::uint64_t training_rows, std::size_t workers, std::size_t threads,
                         const records::RunTimes* like) {
  const graph::Model model = stand_in(experiment.server.shards);
  const AlignedVector<float> initial(model.parameter_count());  // zeros: every gradient is 0
  const samples::Shard samples = samples::Shard::zeros(training_rows, model.input_shape());
  VirtualMachine machine({.experiment = experiment,
                          .model = model,
                          .initial = initial,
                          .samples = samples,
                          .parameters = parameters,
                          .workers = workers,
                          .threads = threads,
                          .stack_bytes = stand_in_stack,
                          .like = like});
  records::EpochBook book(experiment.data.repeat * training_rows);
  machine.run([&](const records::Report& report) {
    for (const records::CommitRecord& commit : report.commits) book.add(commit);
    for (const records::StepRecord& step : report.steps) book.add(step, {});
  });
  return {.elapsed_s = book.time_s(), .samples = book.samples(), .staleness = book.staleness()};
}

void check_workers(const Experiment& experiment, std::size_t workers,
                   const records::RunTimes* like) {
  const Topology shape = topology(experiment.trainer.strategy);
  const std::string name = name_of_rule(experiment.trainer.strategy);
  if (shape == Topology::sequential && workers > 1) {
    fail(ExitCode::bad_experiment, "trainer '{}' has one worker: --workers 1", name);
  }
  if (shape == Topology::independent) {
    fail(ExitCode::bad_experiment,
         "trainer '{}' cannot be simulated: its members exchange nothing, so that n workers take "
         "one n-th of the time",
         name);
  }
  training::check_workers(experiment, workers);
  if (experiment.server.compression.kind != CompressionKind::none) {
    fail(ExitCode::bad_experiment, "server.compression = \"{}\" is not simulated",
         name_of(experiment.server.compression.kind));
  }
  if (experiment.trainer.overlap) {
    fail(ExitCode::bad_experiment, "trainer.overlap = true is not simulated");
  }
  if (like != nullptr && shape != Topology::parameter_server) {
    fail(ExitCode::bad_experiment,
         "--like takes the times of workers with a parameter server; trainer '{}' has none", name);
  }
  StepTimes(experiment.simulate.step_time, workers, experiment.seed, like);
}

}  // namespace tusk::simulation
