// SPDX-License-Identifier: Apache-2.0
// What dist-keras gets wrong in its training loops, one test a mistake.
#include <doctest/doctest.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "history_column.hpp"
#include "run/training/train.hpp"
#include "synthetic.hpp"
#include "tusk/error.hpp"

using namespace tusk;
using test::DataFolder;
using test::experiment;

TEST_CASE("mistake 1, an error in a worker is swallowed: here it ends the run with its own code") {
  const auto world = mpi::Communicator::world();
  if (world.size() > 1) return;  // among several ranks the error ends the job
  const DataFolder folder(world);
  for (const StrategyOptions& strategy :
       {StrategyOptions(SingleOptions{}), StrategyOptions(AveragingOptions{}),
        StrategyOptions(DownpourOptions{})}) {
    Experiment diverging = experiment(folder, strategy);
    diverging.optimizer.learning_rate = 1e38;
    diverging.model.loss = LossKind::mse;
    diverging.model.layers = {DenseOptions{.units = 1}};
    diverging.model.metrics = {};
    try {
      training::train(diverging, {.run_directory = folder.file("run"), .overwrite = true}, world,
                      {});
      FAIL("no error");
    } catch (const Error& error) {
      CHECK(error.code() == ExitCode::diverged);
    }
  }
}

TEST_CASE("mistake 4, shuffling fails: here the order is a new one in every epoch") {
  const auto world = mpi::Communicator::world();
  const DataFolder folder(world);
  const std::string directory = folder.file("run");
  Experiment still = experiment(folder, SingleOptions{});
  still.optimizer.learning_rate = 0.0;  // a batch's loss depends on its samples alone
  still.trainer.epochs = 2;
  training::train(still, {.run_directory = directory}, world, {});
  if (world.rank() == 0) {
    const auto loss = test::history_column<float>(directory, "steps/loss");
    const std::size_t half = loss.size() / 2;
    CHECK_FALSE(std::equal(loss.begin(), loss.begin() + static_cast<std::ptrdiff_t>(half),
                           loss.begin() + static_cast<std::ptrdiff_t>(half)));
  }
  world.barrier();
}

TEST_CASE("mistakes 5 and 10, the last batch is dropped, the end of the data is a timeout") {
  const auto world = mpi::Communicator::world();
  const DataFolder folder(world);
  const std::string directory = folder.file("run");
  Experiment whole = experiment(folder, DownpourOptions{.communication_window = 4});
  whole.trainer.epochs = 3;
  training::train(whole, {.run_directory = directory}, world, {});
  if (world.rank() == 0) {
    // Every worker trains all of its shard in every epoch, and the last batch with its true size.
    const auto workers = static_cast<std::uint64_t>(std::max(world.size() - 1, 1));
    const auto worker = test::history_column<std::uint32_t>(directory, "steps/worker");
    const auto samples = test::history_column<std::uint32_t>(directory, "steps/samples");
    std::vector<std::uint64_t> trained(workers);
    for (std::size_t i = 0; i < worker.size(); ++i) trained[worker[i]] += samples[i];
    for (std::uint64_t w = 0; w < workers; ++w) {
      CHECK(trained[w] == 3 * (903 / workers + (w < 903 % workers ? 1 : 0)));
    }
    CHECK(std::ranges::any_of(samples, [](std::uint32_t n) { return n < 16; }));
  }
  world.barrier();
}

TEST_CASE("mistake 11, epochs are miscounted and workers left out of the history") {
  const auto world = mpi::Communicator::world();
  const DataFolder folder(world);
  const std::string directory = folder.file("run");
  Experiment fifteen = experiment(folder, SyncSgdOptions{});
  fifteen.trainer.epochs = 15;
  const auto summary = training::train(fifteen, {.run_directory = directory}, world, {});
  if (world.rank() == 0) {
    CHECK(summary.epochs == 15);
    const auto worker = test::history_column<std::uint32_t>(directory, "steps/worker");
    const auto epoch = test::history_column<std::uint32_t>(directory, "steps/epoch");
    CHECK(std::set(worker.begin(), worker.end()).size() == static_cast<std::size_t>(world.size()));
    CHECK(*std::ranges::max_element(epoch) == 15);
  }
  world.barrier();
}
