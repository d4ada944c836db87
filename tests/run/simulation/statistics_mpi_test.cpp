// SPDX-License-Identifier: Apache-2.0
// Moving statistics with many virtual workers.
#include <doctest/doctest.h>

#include <string>

#include "run/simulation/simulate.hpp"
#include "run/training/moving_statistics.hpp"
#include "run/training/train.hpp"

using namespace tusk;
using test::DataFolder;
using test::Rows;

namespace {

AlignedVector<float> simulate_model(const Experiment& experiment, std::size_t workers,
                                    const std::string& directory, const mpi::Communicator& world) {
  const auto assembly = training::assemble_simulation(experiment, workers, world, {});
  simulation::train(assembly, {.run_directory = directory, .quiet = true}, 2, world);
  return formats::load_model(directory + "/model.h5", {}).weights;
}

}  // namespace

TEST_CASE("statistics: with 1, 4 and 40 virtual workers they are those of all the data") {
  const auto world = mpi::Communicator::world();
  const DataFolder folder(world);
  int runs = 0;
  for (const Rows order : {Rows::mixed, Rows::sorted}) {
    const std::string path = folder.file(order == Rows::mixed ? "mixed.h5" : "sorted.h5");
    test::write_still_data(path, order);
    for (const std::size_t workers : {1U, 4U, 40U}) {
      for (const std::size_t window : {1U, 5U}) {
        if (order == Rows::sorted && window > 1) continue;  // a window is of one class
        CAPTURE(workers);
        CAPTURE(window);
        Experiment still =
            test::still_experiment(path, DownpourOptions{.communication_window = window});
        if (order == Rows::sorted) still.trainer.max_staleness = 1;  // none trains on alone
        still.simulate.step_time = TimeDistribution(LognormalTime{.mean = 0.01, .sigma = 0.4});
        const auto model =
            simulate_model(still, workers, folder.file("run" + std::to_string(++runs)), world);
        const Rows batches = workers == 1 ? Rows::mixed : order;
        const auto error = test::statistics_error(
            std::span<const float>(model).last(2 * test::still_features), batches);
        const auto noise = test::noise_of_one_process(batches);
        CHECK(error.mean < 1.6 * noise.mean);
        CHECK(error.variance < 1.6 * noise.variance);
      }
    }
  }
}

TEST_CASE("statistics: a thousand virtual workers are no noisier than one process") {
  const auto world = mpi::Communicator::world();
  const DataFolder folder(world);
  const std::string path = folder.file("mixed.h5");
  test::write_still_data(path, Rows::mixed);
  constexpr std::size_t workers = 1000;
  constexpr std::size_t batch = test::still_rows / workers;
  Experiment still = test::still_experiment(path, DownpourOptions{.communication_window = 1});
  still.trainer.batch_size = batch;
  still.simulate.step_time = TimeDistribution(LognormalTime{.mean = 0.01, .sigma = 0.4});
  const auto model = simulate_model(still, workers, folder.file("run"), world);
  const auto error = test::statistics_error(
      std::span<const float>(model).last(2 * test::still_features), Rows::mixed, batch);
  const auto noise = test::noise_of_one_process(Rows::mixed, batch);
  CHECK(error.mean < 1.6 * noise.mean);
  CHECK(error.variance < 1.6 * noise.variance);
}

TEST_CASE("statistics: one virtual worker is one real worker, bit for bit, and runs repeat") {
  const auto world = mpi::Communicator::world();
  const DataFolder folder(world);
  int runs = 0;
  const auto directory = [&] { return folder.file("run" + std::to_string(++runs)); };
  for (const StrategyOptions& strategy :
       {StrategyOptions(DownpourOptions{.communication_window = 3}),
        StrategyOptions(AeasgdOptions{.communication_window = 4}),
        StrategyOptions(EasgdOptions{.communication_window = 4}),
        StrategyOptions(SyncSgdOptions{})}) {
    CAPTURE(name_of_rule(strategy));
    Experiment experiment = test::normalized_experiment(folder, strategy);
    experiment.trainer.epochs = 2;
    const std::string real = directory();
    training::train(experiment, {.run_directory = real, .quiet = true}, world, {});
    CHECK(simulate_model(experiment, 1, directory(), world) ==
          formats::load_model(real + "/model.h5", {}).weights);
    CHECK(simulate_model(experiment, 5, directory(), world) ==
          simulate_model(experiment, 5, directory(), world));
  }
}
