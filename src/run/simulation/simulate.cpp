// SPDX-License-Identifier: Apache-2.0
#include "run/simulation/simulate.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "core/log.hpp"
#include "data/samples/shard.hpp"
#include "net/optim/make_optimizer.hpp"
#include "run/checkpoint/checkpointer.hpp"
#include "run/checkpoint/origin.hpp"
#include "run/simulation/virtual_books.hpp"
#include "run/simulation/virtual_machine.hpp"
#include "tusk/error.hpp"

namespace tusk::simulation {
namespace {

// What is done when all workers stand for a checkpoint.
void take_checkpoint(VirtualMachine& machine, checkpoint::Checkpointer& checkpointer,
                     coordinator::Coordinator& coordinator, VirtualBooks* books,
                     std::size_t workers, std::size_t parameters) {
  const double start_s = checkpointer.now_s();
  try {
    checkpointer.begin();
  } catch (const Error& error) {
    if (checkpointer.stops()) throw;
    warning("no checkpoint was written: {}", error.what());
    return;
  }
  if (books != nullptr) books->tell_all();
  std::optional<checkpoint::CenterCopy> no_center;  // the machine has it
  checkpoint::Checkpointer::Cut cut{
      .epochs = coordinator.epochs(), .finished = machine.finished(), .keep = [&](State& state) {
        state("center", no_center);
        state("coordinator", coordinator);
        if (books != nullptr) state("books", *books);
        state("machine", machine);
      }};
  for (std::size_t worker = 0; worker < workers; ++worker) {
    cut.steps.push_back(machine.steps(worker));
    cut.step += cut.steps.back();
  }
  cut.model.resize(parameters);
  machine.snapshot(cut.model);
  checkpointer.write(std::move(cut));
  checkpointer.stalled(checkpointer.now_s() - start_s);
  if (!checkpointer.stops()) return;
  machine.board().store(center::Cell::stop,
                        static_cast<std::int64_t>(coordinator::StopReason::for_later));
}

// When checkpoints are taken, by the virtual clock, and what the run goes on from.
void prepare_checkpoints(const training::Run& run, VirtualMachine& machine,
                         coordinator::Coordinator& coordinator, VirtualBooks* books) {
  const training::Assembly& assembly = run.assembly();
  checkpoint::Checkpointer* const checkpointer = run.checkpointer();
  if (checkpoint::Origin* const origin = run.origin()) {
    (*origin->state)("coordinator", coordinator);
    if (books != nullptr) (*origin->state)("books", *books);
    (*origin->state)("machine", machine);
    origin->state->finish();
  }
  if (checkpointer == nullptr) return;
  try {
    State::size_of([&](State& state) { machine.keep(state); });
  } catch (const CannotKeep& reason) {
    return run.without_checkpoints(reason.what());
  }
  checkpointer->begin_run(run.origin());
  machine.on_cut(
      [checkpointer, &coordinator](double time_s) {
        return checkpointer->wanted({time_s, coordinator.book().steps(), coordinator.epochs()});
      },
      [&machine, checkpointer, &coordinator, books, &assembly] {
        take_checkpoint(machine, *checkpointer, coordinator, books, assembly.roles.workers,
                        assembly.model.parameter_count());
      });
}

training::Outcome run_virtual_workers(const training::Run& run, std::size_t threads,
                                      const records::RunTimes* like) {
  const training::Assembly& assembly = run.assembly();
  VirtualMachine machine({.experiment = assembly.experiment,
                          .model = assembly.model,
                          .initial = assembly.initial,
                          .samples = *assembly.shard,
                          .augmentation = assembly.augmentation,
                          .parameters = assembly.model.exchanged_count(),
                          .workers = assembly.roles.workers,
                          .threads = threads,
                          .like = like});
  training::Outcome outcome;
  outcome.coordinator = run.begin(
      std::nullopt, [&](std::span<float> out) { machine.snapshot(out); }, machine.board());
  coordinator::LocalSink coordinator(*outcome.coordinator);
  std::optional<VirtualBooks> books;  // in a tree of several nodes
  if (groups_of(assembly.experiment, assembly.roles.workers).count() > 1) {
    books.emplace(run, coordinator, outcome.coordinator->book());
  }
  prepare_checkpoints(run, machine, *outcome.coordinator, books ? &*books : nullptr);
  machine.run([&](records::Report report) {
    books ? books->take(std::move(report)) : coordinator.submit(std::move(report));
  });
  if (books) {
    books->tell_all();
    outcome.node_histories = books->take_histories();
  }
  outcome.weights.resize(assembly.model.parameter_count());
  machine.snapshot(outcome.weights);
  outcome.updates = machine.updates();
  return outcome;
}

// The stack of a worker that computes nothing. Of it is used what is touched: two pages, more where
// a user's rule has vectors there.
constexpr std::size_t paced_stack = std::size_t{256} << 10U;

// A network that is as good as none, with a parameter for every shard at least.
graph::Model stand_in(std::size_t shards) {
  const std::size_t units = std::max<std::size_t>(8, shards);
  const ModelOptions options{.layers = {DenseOptions{.units = units}, DenseOptions{.units = 1}},
                             .loss = LossKind::mse};
  return {options, Shape{1}};
}

// Rules by the number of those who exchange with each other: a node's workers, and relays.
void check_groups(const Experiment& experiment, std::size_t workers) {
  if (experiment.server.topology == ServerTopology::flat) return;
  const relay::Groups groups = groups_of(experiment, workers);
  training::check_rules(experiment, {.workers = groups.size(0), .centers = groups.count()});
}

// What of the experiment's virtual machine does not go together.
void check_virtual_machine(const Experiment& experiment, const records::RunTimes* like) {
  if (experiment.simulate.stagger &&
      topology(experiment.trainer.strategy) != Topology::parameter_server) {
    fail(ExitCode::bad_experiment,
         "simulate.stagger lets workers begin out of step; those of trainer '{}' meet",
         name_of_rule(experiment.trainer.strategy));
  }
  if (experiment.simulate.memory_bandwidth && experiment.server.shards > 1) {
    fail(ExitCode::bad_experiment,
         "simulate.memory_bandwidth is of a center in a node's memory; with server.shards = {} it "
         "is on servers",
         experiment.server.shards);
  }
  const CompressionKind compression = experiment.server.compression.kind;
  const bool is_flat = experiment.server.topology == ServerTopology::flat;
  if (experiment.simulate.memory_bandwidth && is_flat && compression != CompressionKind::none) {
    fail(ExitCode::bad_experiment,
         "simulate.memory_bandwidth is of a center in a node's memory; server.compression = \"{}\" "
         "is of commits that go through messages",
         name_of(compression));
  }
  if (is_flat) return;
  if (!experiment.server.ranks_per_node) {
    fail(ExitCode::bad_experiment,
         "a simulated tree needs server.ranks_per_node: the relay and the workers of a node");
  }
  if (like != nullptr) {
    fail(ExitCode::bad_experiment,
         "--like has no times of relays: server.topology = \"tree\" takes those of [simulate]");
  }
}

}  // namespace

records::Summary train(const training::Assembly& assembly, const training::RunOptions& options,
                       std::size_t threads, const mpi::Communicator& alone,
                       const records::RunTimes* like, std::unique_ptr<checkpoint::Origin> origin) {
  const training::Run run(assembly, options, alone, std::move(origin));
  return run.end(run_virtual_workers(run, threads, like));
}

std::uint64_t memory_bytes(const OptimizerOptions& optimizer, std::size_t parameters,
                           std::size_t workers) {
  const std::vector<std::size_t> sizes{1};
  const std::size_t vectors = 2 + optim::make_optimizer(optimizer, sizes)->state().size();
  return workers * parameters * sizeof(float) * vectors;
}

Projection project_times(const Experiment& experiment, std::size_t parameters,
                         std::uint64_t training_rows, std::size_t workers,
                         const records::RunTimes* like) {
  const graph::Model model = stand_in(experiment.server.shards);
  const AlignedVector<float> initial(model.parameter_count());  // zeros: every gradient is 0
  const samples::Shard samples = samples::Shard::zeros(1, model.input_shape());
  Pace pace;
  VirtualMachine machine({.experiment = experiment,
                          .model = model,
                          .initial = initial,
                          .samples = samples,
                          .parameters = parameters,
                          .workers = workers,
                          .stack_bytes = paced_stack,
                          .like = like,
                          .pace = &pace,
                          .rows = training_rows});
  machine.run([](const records::Report& /*report*/) {});
  return {.elapsed_s = pace.elapsed_s, .samples = pace.samples, .staleness = pace.staleness};
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
  check_groups(experiment, workers);
  check_virtual_machine(experiment, like);
  if (like != nullptr && shape != Topology::parameter_server) {
    fail(ExitCode::bad_experiment,
         "--like takes the times of workers with a parameter server; trainer '{}' has none", name);
  }
  StepTimes(experiment.simulate.step_time, workers, experiment.seed, like);
}

}  // namespace tusk::simulation
