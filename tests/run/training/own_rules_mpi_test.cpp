// SPDX-License-Identifier: Apache-2.0
// Optimizers and distributed optimizers of a user's own, trained with: each is one of Tusk's.
#include "own_rules.hpp"

#include <doctest/doctest.h>

#include <string>

#include "check_fails.hpp"
#include "experiment/read_experiment.hpp"
#include "mpi/communicator.hpp"
#include "net/formats/model_file.hpp"
#include "run/training/train.hpp"
#include "synthetic.hpp"

using namespace tusk;
using test::DataFolder;

namespace {

// The model that a run leaves, on rank 0; nothing on the others.
AlignedVector<float> trained_weights(const Experiment& experiment, const std::string& directory,
                                     const mpi::Communicator& world) {
  const auto summary = training::train(experiment, {.run_directory = directory}, world, {});
  CHECK(summary.trainer == name_of_rule(experiment.trainer.strategy));
  CHECK(summary.test->metric(0) > 0.85);
  AlignedVector<float> weights;
  if (world.rank() == 0) {
    CHECK(summary.ledger.samples_committed == experiment.trainer.epochs * 903);
    weights = formats::load_model(directory + "/model.h5", {}).weights;
  }
  world.barrier();
  return weights;
}

}  // namespace

TEST_CASE("a user's optimizer that is sgd trains the same model, to the bit") {
  const auto world = mpi::Communicator::world();
  const DataFolder folder(world);
  const Extensions extensions = test::with_own_rules();
  for (const bool nesterov : {false, true}) {
    Experiment experiment = test::experiment(folder, SyncSgdOptions{});
    experiment.trainer.epochs = 2;
    experiment.optimizer.kind = SgdOptions{.momentum = 0.9, .nesterov = nesterov};
    const auto expected =
        trained_weights(experiment, folder.file("sgd" + std::to_string(nesterov)), world);
    experiment.optimizer.kind = test::steady(extensions, {.nesterov = nesterov});
    CHECK(trained_weights(experiment, folder.file("own" + std::to_string(nesterov)), world) ==
          expected);
  }
}

TEST_CASE("a user's strategy that is one of Tusk's trains the same model, to the bit") {
  const auto world = mpi::Communicator::world();
  const DataFolder folder(world);
  const Extensions extensions = test::with_own_rules();
  const auto compare = [&](const StrategyOptions& own, const StrategyOptions& built_in,
                           bool overlap) {
    const std::string name = name_of_rule(built_in) + (overlap ? "-overlap" : "");
    CAPTURE(name);
    Experiment experiment = test::experiment(folder, built_in);
    experiment.trainer.overlap = overlap;
    const auto expected = trained_weights(experiment, folder.file(name), world);
    experiment.trainer.strategy = own;
    const auto weights = trained_weights(experiment, folder.file(name + "-own"), world);
    // Several workers of a center are asynchronous: no two runs are the same.
    const bool one_order = topology(built_in) != Topology::parameter_server || world.size() <= 2;
    if (one_order) CHECK(weights == expected);
  };
  for (const bool overlap : {false, true}) {
    compare(test::relay(extensions, 3), DownpourOptions{.communication_window = 3}, overlap);
  }
  compare(test::chorus(extensions), SyncSgdOptions{}, false);
  compare(test::hermit(extensions), SingleOptions{}, false);
}

TEST_CASE("a strategy that needs Nesterov's momentum gets a user's optimizer's, if it has one") {
  const auto world = mpi::Communicator::world();
  const DataFolder folder(world);
  const Extensions extensions = test::with_own_rules();
  Experiment experiment = test::experiment(folder, EamsgdOptions{.communication_window = 4});
  experiment.optimizer.kind = test::steady(extensions, {.nesterov = true});
  trained_weights(experiment, folder.file("ahead"), world);
  experiment.optimizer.kind = test::steady(extensions, {.nesterov = false});
  CHECK_FAILS(training::train(experiment, {.run_directory = folder.file("plain")}, world, {}),
              ExitCode::bad_experiment, "trainer 'eamsgd' needs Nesterov's momentum");
}

TEST_CASE("a run with a user's rules can be repeated from its directory, by the same program") {
  const auto world = mpi::Communicator::world();
  const DataFolder folder(world);
  const Extensions extensions = test::with_own_rules();
  Experiment once = test::experiment(folder, test::chorus(extensions));
  once.optimizer.kind = test::steady(extensions, {.momentum = 0.5});
  const auto weights = trained_weights(once, folder.file("once"), world);
  const std::string path = folder.file("once/experiment.toml");
  const std::string text = experiment::read_text(path);
  const Experiment again = experiment::read_experiment(text, path, {}, extensions);
  CHECK(again.optimizer == once.optimizer);
  CHECK(again.trainer == once.trainer);
  CHECK(trained_weights(again, folder.file("again"), world) == weights);
  CHECK_FAILS(experiment::read_experiment(text, path, {}, {}), ExitCode::bad_experiment,
              "key 'optimizer.name': expected one of \"sgd\"");
}
