// SPDX-License-Identifier: Apache-2.0
// Optimizers and distributed optimizers of a user's own, simulated: each is one of Tusk's.
#include "own_rules.hpp"

#include <doctest/doctest.h>

#include <string>

#include "check_fails.hpp"
#include "net/formats/model_file.hpp"
#include "run/simulation/simulate.hpp"
#include "run/training/synthetic.hpp"

using namespace tusk;

namespace {

struct Simulated {
  AlignedVector<float> weights;
  records::Summary summary;
};

Simulated simulate_in(const std::string& directory, const Experiment& experiment,
                      std::size_t workers, const mpi::Communicator& world) {
  const auto assembly = training::assemble_simulation(experiment, workers, world, {});
  const auto summary =
      simulation::train(assembly, {.run_directory = directory, .quiet = true}, 2, world);
  return {formats::load_model(directory + "/model.h5", {}).weights, summary};
}

}  // namespace

TEST_CASE("a user's rules are simulated as those of Tusk's that they are, to the bit") {
  const auto world = mpi::Communicator::world();
  const test::DataFolder folder(world);
  const Extensions extensions = test::with_own_rules();
  const auto compare = [&](const StrategyOptions& own, const StrategyOptions& built_in,
                           std::size_t workers) {
    const std::string name = name_of_rule(built_in);
    CAPTURE(name);
    Experiment experiment = test::experiment(folder, built_in);
    experiment.trainer.epochs = 2;
    experiment.optimizer.kind = SgdOptions{.momentum = 0.9, .nesterov = true};
    experiment.simulate.step_time = TimeDistribution(LognormalTime{.mean = 0.01, .sigma = 0.4});
    const Simulated expected = simulate_in(folder.file(name), experiment, workers, world);
    const auto bytes = simulation::memory_bytes(experiment.optimizer, 100, workers);

    experiment.trainer.strategy = own;
    experiment.optimizer.kind = test::steady(extensions, {.nesterov = true});
    CHECK_NOTHROW(simulation::check_workers(experiment, workers));
    const Simulated simulated = simulate_in(folder.file(name + "-own"), experiment, workers, world);
    CHECK(simulated.weights == expected.weights);
    CHECK(simulated.summary.elapsed_s == expected.summary.elapsed_s);
    CHECK(simulated.summary.trainer == name_of_rule(own));
    CHECK(simulation::memory_bytes(experiment.optimizer, 100, workers) == bytes);
    const auto projected =
        simulation::project_times(experiment, simulated.weights.size(), 903, workers);
    CHECK(projected.elapsed_s == expected.summary.elapsed_s);
  };
  compare(test::relay(extensions, 3), DownpourOptions{.communication_window = 3}, 5);
  compare(test::chorus(extensions), SyncSgdOptions{}, 4);
  compare(test::hermit(extensions), SingleOptions{}, 1);
}

TEST_CASE("a user's sequential rule has one virtual worker") {
  const Extensions extensions = test::with_own_rules();
  Experiment experiment;
  experiment.trainer.strategy = test::hermit(extensions);
  CHECK_FAILS(simulation::check_workers(experiment, 2), ExitCode::bad_experiment,
              "trainer 'hermit' has one worker: --workers 1");
}
