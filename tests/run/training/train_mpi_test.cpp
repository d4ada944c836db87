// SPDX-License-Identifier: Apache-2.0
#include "run/training/train.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "data/hdf5/file.hpp"
#include "mpi/communicator.hpp"
#include "net/formats/model_file.hpp"
#include "synthetic.hpp"

using namespace tusk;
using test::DataFolder;
using test::experiment;
using test::rows;

TEST_CASE("every trainer learns, commits every batch and leaves a complete run directory") {
  const auto world = mpi::Communicator::world();
  const DataFolder folder(world);
  const std::vector<StrategyOptions> all{SingleOptions{},
                                         DownpourOptions{.communication_window = 4},
                                         AdagOptions{.communication_window = 2}};
  for (std::size_t i = 0; i < all.size(); ++i) {
    const std::string directory = folder.file("run" + std::to_string(i));
    const auto summary = training::train(
        experiment(folder, all[i]), {.run_directory = directory, .overwrite = false}, world, {});
    CHECK(summary.test->metric(0) > 0.9);  // every rank has the test score
    CHECK(summary.test->samples == rows);
    if (world.rank() == 0) {
      CHECK(summary.ledger.samples_committed == 8 * 903);
      CHECK(summary.ledger.batches_trained == summary.ledger.batches_committed);
      CHECK(summary.last_epoch.epoch == 8);
      CHECK(summary.last_epoch.validation->samples == 100);
      const hdf5::File history = hdf5::File::open(directory + "/history.h5");
      CHECK(history.dataset("steps/loss").rows() == summary.ledger.batches_trained);
      CHECK(history.dataset("commits/ticket").rows() == summary.updates);
      for (const char* name : {"experiment.toml", "manifest.json", "model.h5", "summary.json"}) {
        CHECK(std::filesystem::exists(directory + "/" + name));
      }
      std::ifstream metrics(directory + "/metrics.jsonl");
      std::string line;
      int lines = 0;
      while (std::getline(metrics, line)) {
        ++lines;
        CHECK(nlohmann::json::parse(line).at("epoch") == lines);
      }
      CHECK(lines == 8);
    }
    world.barrier();
  }
}

TEST_CASE("one worker, windows of one step, plain SGD: downpour and adag are single bit for bit") {
  const auto world = mpi::Communicator::world();
  const int workers = std::max(world.size() - 1, 1);
  if (workers > 1) return;  // the invariant is about one worker
  const DataFolder folder(world);
  const std::vector<StrategyOptions> all{SingleOptions{},
                                         DownpourOptions{.communication_window = 1},
                                         AdagOptions{.communication_window = 1}};
  AlignedVector<float> alone;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const std::string directory = folder.file("run" + std::to_string(i));
    training::train(experiment(folder, all[i]), {.run_directory = directory, .overwrite = false},
                    world, {});
    if (world.rank() == 0) {
      const auto model = formats::load_model(directory + "/model.h5", {});
      if (i == 0) alone = model.weights;
      CHECK(model.weights == alone);
    }
    world.barrier();
  }
}

TEST_CASE("the same seed gives the same single run, another seed another") {
  const auto world = mpi::Communicator::world();
  const DataFolder folder(world);
  std::vector<AlignedVector<float>> weights;
  for (const std::uint64_t seed : {3, 3, 4}) {
    const std::string directory = folder.file("seed" + std::to_string(weights.size()));
    Experiment once = experiment(folder, SingleOptions{});
    once.seed = seed;
    training::train(once, {.run_directory = directory, .overwrite = false}, world, {});
    weights.push_back(world.rank() == 0 ? formats::load_model(directory + "/model.h5", {}).weights
                                        : AlignedVector<float>{});
    world.barrier();
  }
  if (world.rank() == 0) {
    CHECK(weights[0] == weights[1]);
    CHECK(weights[0] != weights[2]);
  }
}

TEST_CASE("any number of threads trains the same, to the bit, and the summary says how many") {
  const auto world = mpi::Communicator::world();
  const DataFolder folder(world);
  const std::vector<StrategyOptions> rules{SingleOptions{}, AveragingOptions{}, SyncSgdOptions{}};
  for (std::size_t rule = 0; rule < rules.size(); ++rule) {
    CAPTURE(rule);
    AlignedVector<float> alone;
    for (const std::size_t threads : {1, 3}) {
      Experiment wide = experiment(folder, rules[rule]);
      wide.model.layers.insert(wide.model.layers.begin() + 1, DenseOptions{.units = 3000});
      wide.trainer.epochs = 2;
      wide.trainer.threads = threads;
      const std::string directory =
          folder.file("threads" + std::to_string(rule) + "-" + std::to_string(threads));
      const auto summary =
          training::train(wide, {.run_directory = directory, .overwrite = false}, world, {});
      CHECK(summary.threads == threads);
      if (world.rank() == 0) {
        CHECK((summary.line().find("of 3 threads)") != std::string::npos) == (threads == 3));
        const auto model = formats::load_model(directory + "/model.h5", {});
        if (threads == 1) alone = model.weights;
        CHECK(model.weights == alone);
      }
      world.barrier();
    }
  }
}
