// SPDX-License-Identifier: Apache-2.0
// Exchanges beside the steps of the next window, on 1, 2 and 4 ranks.
#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <string>
#include <vector>

#include "history_column.hpp"
#include "net/formats/model_file.hpp"
#include "run/training/train.hpp"
#include "synthetic.hpp"

using namespace tusk;
using test::DataFolder;
using test::experiment;

namespace {

constexpr std::uint64_t overlap_rows = 903;
constexpr Transport transports[] = {Transport::shared, Transport::rma, Transport::message};

Experiment overlapping(const DataFolder& folder, const StrategyOptions& strategy) {
  Experiment options = experiment(folder, strategy);
  options.trainer.overlap = true;
  return options;
}

records::Summary train_overlapping(const Experiment& experiment, const std::string& directory,
                                   const mpi::Communicator& world) {
  auto summary = training::train(experiment, {.run_directory = directory}, world, {});
  world.barrier();
  return summary;
}

// Tickets without gaps, every step and sample in one commit, and of each worker's commits the
// staleness of one window later.
void check_history(const std::string& directory, const records::Summary& summary) {
  const auto tickets = test::history_column<std::uint64_t>(directory, "commits/ticket");
  const auto workers = test::history_column<std::uint32_t>(directory, "commits/worker");
  const auto staleness = test::history_column<std::uint64_t>(directory, "commits/staleness");
  const auto steps = test::history_column<std::uint32_t>(directory, "commits/steps");
  CHECK(tickets.size() == summary.updates);
  CHECK(std::accumulate(steps.begin(), steps.end(), std::uint64_t{0}) ==
        summary.ledger.batches_trained);
  CHECK(test::history_column<float>(directory, "steps/loss").size() ==
        summary.ledger.batches_trained);
  auto sorted = tickets;
  std::ranges::sort(sorted);
  std::map<std::uint32_t, std::vector<std::uint64_t>> mine;
  for (std::size_t i = 0; i < tickets.size(); ++i) {
    CHECK(sorted[i] == i);
    auto& before = mine[workers[i]];
    if (before.size() >= 2) CHECK(staleness[i] == tickets[i] - before[before.size() - 2] - 2);
    before.push_back(tickets[i]);
  }
}

}  // namespace

TEST_CASE("overlap: the rules learn over every transport and lose no batch") {
  const auto world = mpi::Communicator::world();
  const DataFolder folder(world);
  const std::vector<StrategyOptions> rules{
      DownpourOptions{.communication_window = 4}, AdagOptions{.communication_window = 2},
      DynsgdOptions{.communication_window = 4},   AsyncLocalSgdOptions{.communication_window = 4},
      AeasgdOptions{.communication_window = 3},   EamsgdOptions{.communication_window = 3}};
  for (std::size_t rule = 0; rule < rules.size(); ++rule) {
    for (const Transport transport : transports) {
      CAPTURE(rule);
      CAPTURE(name_of(transport));
      Experiment options = overlapping(folder, rules[rule]);
      options.server.transport = transport;
      if (std::holds_alternative<EamsgdOptions>(rules[rule])) {
        options.optimizer.kind = SgdOptions{.momentum = 0.5, .nesterov = true};
      }
      const std::string directory =
          folder.file("run" + std::to_string(rule) + std::string(name_of(transport)));
      const auto summary = train_overlapping(options, directory, world);
      CHECK(summary.test->metric(0) > 0.9);
      if (world.rank() != 0) continue;
      CHECK(summary.ledger.samples_committed == 8 * overlap_rows);
      CHECK(summary.ledger.batches_committed == summary.ledger.batches_trained);
      check_history(directory, summary);
    }
  }
}

TEST_CASE("overlap: one worker's model is the one without overlap, to the last bit") {
  const auto world = mpi::Communicator::world();
  if (world.size() > 2) return;  // the invariant is about one worker
  const DataFolder folder(world);
  const std::vector<StrategyOptions> rules{DownpourOptions{.communication_window = 3},
                                           AdagOptions{.communication_window = 4}};
  for (std::size_t rule = 0; rule < rules.size(); ++rule) {
    for (const Transport transport : transports) {
      std::vector<AlignedVector<float>> weights;
      std::vector<double> losses;
      for (const bool overlap : {false, true}) {
        Experiment options = experiment(folder, rules[rule]);
        options.server.transport = transport;
        options.trainer.overlap = overlap;
        const std::string directory =
            folder.file(std::to_string(rule) + std::string(name_of(transport)) +
                        std::string(overlap ? "late" : "plain"));
        const auto summary = train_overlapping(options, directory, world);
        if (world.rank() != 0) continue;
        weights.push_back(formats::load_model(directory + "/model.h5", {}).weights);
        losses.push_back(summary.last_epoch.validation->loss());
        CHECK(summary.staleness.max == 0);
      }
      if (world.rank() != 0) continue;
      CHECK(weights[0] == weights[1]);
      CHECK(losses[0] == losses[1]);  // the last window is in what is validated
    }
  }
}

TEST_CASE("overlap: an order to stop leaves nothing under way, with claimed partitions, too") {
  const auto world = mpi::Communicator::world();
  const DataFolder folder(world);
  const std::vector<StrategyOptions> rules{DownpourOptions{.communication_window = 2},
                                           AeasgdOptions{.communication_window = 2}};
  for (std::size_t run = 0; run < 2 * rules.size(); ++run) {
    Experiment options = overlapping(folder, rules[run / 2]);
    options.server.transport = run % 2 == 0 ? Transport::message : Transport::automatic;
    options.trainer.parallelism_factor = 1 + run % 2;
    options.trainer.epochs = 400;
    options.callbacks.early_stopping = EarlyStoppingOptions{
        .monitor = "val_loss", .patience = 1, .min_delta = 0.02, .restore_best_weights = true};
    const std::string directory = folder.file("stop" + std::to_string(run));
    const auto summary = train_overlapping(options, directory, world);
    if (world.rank() != 0) continue;
    CHECK(summary.epochs < 400);
    CHECK(summary.ledger.samples_committed == summary.ledger.samples_trained);
    CHECK(summary.ledger.batches_committed == summary.ledger.batches_trained);
    check_history(directory, summary);
  }
}

TEST_CASE("overlap: commits are compressed, too") {
  const auto world = mpi::Communicator::world();
  if (world.size() == 1) return;  // in one process nothing is sent
  const DataFolder folder(world);
  Experiment options = overlapping(folder, DownpourOptions{.communication_window = 4});
  options.server.compression.kind = CompressionKind::bf16;
  const auto summary = train_overlapping(options, folder.file("bf16"), world);
  CHECK(summary.test->metric(0) > 0.9);
  if (world.rank() == 0) CHECK(summary.ledger.samples_committed == 8 * overlap_rows);
}
