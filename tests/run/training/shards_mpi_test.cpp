// SPDX-License-Identifier: Apache-2.0
// Training with a center that is spread over servers: on 3 ranks one worker, on 5 two or three.
#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "history_column.hpp"
#include "mpi/collectively.hpp"
#include "net/formats/model_file.hpp"
#include "run/training/train.hpp"
#include "synthetic.hpp"

using namespace tusk;
using test::DataFolder;
using test::experiment;

namespace {

constexpr std::uint64_t training_rows = 903;
constexpr Transport transports[] = {Transport::message, Transport::rma};

Experiment sharded(const DataFolder& folder, const StrategyOptions& strategy, Transport transport,
                   std::size_t shards) {
  Experiment spread = experiment(folder, strategy);
  spread.server = {.transport = transport, .shards = shards};
  return spread;
}

records::Summary train(const Experiment& experiment, const std::string& directory,
                       const mpi::Communicator& world) {
  auto summary =
      training::train(experiment, {.run_directory = directory, .overwrite = true}, world, {});
  world.barrier();
  return summary;
}

std::vector<std::uint64_t> tickets(const std::string& directory) {
  auto values = test::history_column<std::uint64_t>(directory, "commits/ticket");
  std::ranges::sort(values);
  return values;
}

// How an experiment that cannot be trained ends.
std::string complaint(const Experiment& wrong, const std::string& directory,
                      const mpi::Communicator& world) {
  try {
    train(wrong, directory, world);
  } catch (const mpi::CollectiveError& error) {
    return error.code() == ExitCode::bad_experiment ? error.what() : "another exit code";
  }
  return "";
}

}  // namespace

TEST_CASE("one worker, windows of one step, plain SGD: in shards, too, it is single bit for bit") {
  const auto world = mpi::Communicator::world();
  const auto shards = static_cast<std::size_t>(world.size()) - 1;
  if (shards > 3) return;
  const DataFolder folder(world);
  train(experiment(folder, SingleOptions{}), folder.file("single"), world);
  for (const Transport transport : transports) {
    for (const StrategyOptions& rule : {StrategyOptions{DownpourOptions{.communication_window = 1}},
                                        StrategyOptions{AdagOptions{.communication_window = 1}}}) {
      const auto summary =
          train(sharded(folder, rule, transport, shards), folder.file("run"), world);
      CHECK(summary.workers == 1);
      if (world.rank() == 0) {
        CHECK(formats::load_model(folder.file("run") + "/model.h5", {}).weights ==
              formats::load_model(folder.file("single") + "/model.h5", {}).weights);
      }
      world.barrier();
    }
  }
}

TEST_CASE("every rule with a center learns from shards and commits every batch") {
  const auto world = mpi::Communicator::world();
  const DataFolder folder(world);
  const std::string directory = folder.file("run");
  for (const Transport transport : transports) {
    for (const StrategyOptions& rule :
         {StrategyOptions{DownpourOptions{.communication_window = 4}},
          StrategyOptions{AsyncLocalSgdOptions{.communication_window = 4}},
          StrategyOptions{DelayedNesterovOptions{.communication_window = 4}},
          StrategyOptions{AdagOptions{.communication_window = 2}},
          StrategyOptions{DynsgdOptions{.communication_window = 2}},
          StrategyOptions{ExperimentalOptions{.communication_window = 2}},
          StrategyOptions{AeasgdOptions{.communication_window = 2}}}) {
      const auto summary = train(sharded(folder, rule, transport, 2), directory, world);
      CHECK(summary.test->metric(0) > 0.9);
      CHECK(summary.workers == static_cast<std::size_t>(world.size()) - 2);
      if (world.rank() == 0) {
        CHECK(summary.ledger.samples_committed == 8 * training_rows);
        CHECK(summary.ledger.batches_committed == summary.ledger.batches_trained);
        const std::vector<std::uint64_t> given = tickets(directory);
        CHECK(given.size() == summary.updates);
        for (std::size_t i = 0; i < given.size(); ++i) CHECK(given[i] == i);
      }
      world.barrier();
    }
  }
}

TEST_CASE("exchanges with all shards run beside the next window's steps") {
  const auto world = mpi::Communicator::world();
  const DataFolder folder(world);
  for (const Transport transport : transports) {
    for (const StrategyOptions& rule :
         {StrategyOptions{DownpourOptions{.communication_window = 4}},
          StrategyOptions{DynsgdOptions{.communication_window = 2}},
          StrategyOptions{AeasgdOptions{.communication_window = 2}}}) {
      Experiment overlapping = sharded(folder, rule, transport, 2);
      overlapping.trainer.overlap = true;
      const auto summary = train(overlapping, folder.file("run"), world);
      CHECK(summary.test->metric(0) > 0.9);
      if (world.rank() == 0) {
        CHECK(summary.ledger.samples_committed == 8 * training_rows);
        CHECK(tickets(folder.file("run")).size() == summary.updates);
      }
      world.barrier();
    }
  }
}

TEST_CASE("clocks, partitions, orders and a slow worker are what they are with one server") {
  const auto world = mpi::Communicator::world();
  const DataFolder folder(world);
  const std::size_t workers = static_cast<std::size_t>(world.size()) - 2;
  for (const Transport transport : transports) {
    Experiment bounded = sharded(folder, DownpourOptions{.communication_window = 2}, transport, 2);
    bounded.trainer.max_staleness = 1;
    bounded.trainer.epochs = 2;
    bounded.debug.slow = SlowOptions{.worker = workers - 1, .factor = 20.0};
    const auto slow = train(bounded, folder.file("bounded"), world);
    Experiment claiming = sharded(folder, DownpourOptions{.communication_window = 2}, transport, 2);
    claiming.trainer.parallelism_factor = 5;
    const auto claimed = train(claiming, folder.file("claiming"), world);
    Experiment stopping = sharded(folder, AdagOptions{.communication_window = 2}, transport, 2);
    stopping.trainer.epochs = 10000;  // an order takes as long as it takes
    stopping.callbacks.target_metric = TargetOptions{.monitor = "val_accuracy", .value = 0.85};
    const auto stopped = train(stopping, folder.file("stopping"), world);
    if (world.rank() == 0) {
      CHECK(slow.staleness.max <= (workers - 1) * 3);
      CHECK(slow.ledger.samples_committed == 2 * training_rows);
      CHECK(claimed.ledger.samples_committed == 8 * training_rows);
      CHECK(stopped.epochs < 10000);
      CHECK(stopped.ledger.samples_committed == stopped.ledger.samples_trained);
    }
  }
}

TEST_CASE("shards that cannot be are one error on every rank") {
  const auto world = mpi::Communicator::world();
  const DataFolder folder(world);
  const std::string directory = folder.file("run");
  const auto ranks = static_cast<std::size_t>(world.size());
  const DownpourOptions downpour{};
  const auto said = [&](const Experiment& wrong) { return complaint(wrong, directory, world); };
  for (const std::size_t shards : {ranks, ranks + 1, std::size_t{1024}}) {
    CHECK(said(sharded(folder, downpour, Transport::message, shards))
              .starts_with("server.shards = " + std::to_string(shards) + " needs at least"));
  }
  CHECK(said(sharded(folder, downpour, Transport::shared, 2))
            .starts_with("server.shards = 2 needs server.transport = \"rma\" or \"message\""));
  CHECK(said(sharded(folder, EasgdOptions{}, Transport::automatic, 2))
            .ends_with("trainer 'easgd' has no parameter server"));
  CHECK(said(sharded(folder, HogwildOptions{}, Transport::automatic, 2))
            .starts_with("trainer.consistency = \"none\" is not what"));
}
