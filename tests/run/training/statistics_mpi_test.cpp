// SPDX-License-Identifier: Apache-2.0
// What becomes of batch normalization's moving statistics, and of frozen layers, in training.
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "moving_statistics.hpp"
#include "mpi/communicator.hpp"
#include "own_rules.hpp"
#include "run/training/train.hpp"

using namespace tusk;
using test::DataFolder;
using test::Rows;

namespace {

struct Trained {
  records::Summary summary;
  formats::ModelContent model;  // on rank 0
};

Trained train_once(const Experiment& experiment, const DataFolder& folder, const std::string& name,
                   const mpi::Communicator& world) {
  Trained trained;
  const std::string directory = folder.file(name);
  trained.summary = training::train(experiment, {.run_directory = directory, .quiet = true}, world,
                                    test::with_own_rules());
  if (world.rank() == 0)
    trained.model = formats::load_model(directory + "/model.h5", test::with_own_rules());
  world.barrier();
  return trained;
}

std::vector<StrategyOptions> all_rules(const Extensions& extensions) {
  return {DownpourOptions{.communication_window = 3},
          AdagOptions{.communication_window = 2},
          DynsgdOptions{.communication_window = 3},
          ExperimentalOptions{.communication_window = 2},
          HogwildOptions{.communication_window = 3},
          GemOptions{.communication_window = 3},
          AsyncLocalSgdOptions{.communication_window = 3},
          DelayedNesterovOptions{.communication_window = 3},
          AeasgdOptions{.communication_window = 4},
          EamsgdOptions{.communication_window = 4},
          EasgdOptions{.communication_window = 4},
          AveragingOptions{.communication_window = 5},
          DilocoOptions{.communication_window = 5},
          SyncSgdOptions{},
          test::relay(extensions, 3),
          test::chorus(extensions)};
}

std::span<const float> statistics_of_first(const Trained& trained, std::size_t features) {
  ModelOptions options;
  options.layers = trained.model.layers;
  options.loss = *trained.model.loss;
  const graph::Model model(options, trained.model.input);
  return std::span<const float>(trained.model.weights).subspan(model.trained_count(), 2 * features);
}

}  // namespace

TEST_CASE("statistics: one worker that commits every step has what single has, to the bit") {
  const auto world = mpi::Communicator::world();
  if (world.size() > 2) return;
  const DataFolder folder(world);
  Experiment experiment = test::normalized_experiment(folder, SingleOptions{});
  experiment.trainer.epochs = 2;
  std::vector<StrategyOptions> rules{DownpourOptions{.communication_window = 1},
                                     AdagOptions{.communication_window = 1}};
  if (world.size() == 1) {
    const auto expected = train_once(experiment, folder, "single", world);
    for (const StrategyOptions& rule : rules) {
      experiment.trainer.strategy = rule;
      const auto trained = train_once(experiment, folder, name_of_rule(rule), world);
      CHECK(trained.model.weights == expected.model.weights);
    }
    return;
  }
  // Over each transport what one process has.
  experiment.trainer.strategy = rules.front();
  AlignedVector<float> first;
  for (const Transport transport : {Transport::shared, Transport::rma, Transport::message}) {
    experiment.server.transport = transport;
    const auto trained = train_once(experiment, folder, std::string(name_of(transport)), world);
    if (world.rank() != 0) continue;
    if (first.empty()) first = trained.model.weights;
    CHECK(trained.model.weights == first);
  }
}

TEST_CASE("statistics: every rule trains a network with batch normalization") {
  const auto world = mpi::Communicator::world();
  const DataFolder folder(world);
  const Extensions extensions = test::with_own_rules();
  for (const StrategyOptions& strategy : all_rules(extensions)) {
    const std::string name = name_of_rule(strategy);
    CAPTURE(name);
    Experiment experiment = test::normalized_experiment(folder, strategy);
    if (traits(strategy).needs_nesterov) {
      experiment.optimizer.kind = SgdOptions{.momentum = 0.9, .nesterov = true};
    }
    // What several workers add up at once is no step too far.
    experiment.optimizer.learning_rate = 0.05;
    const auto trained = train_once(experiment, folder, name, world);
    CHECK(trained.summary.test->metric(0) > 0.85);
    if (world.rank() != 0) continue;
    // Of standard normal features.
    const auto moving = statistics_of_first(trained, test::features);
    for (std::size_t i = 0; i < test::features; ++i) {
      CHECK(std::abs(moving[i]) < 0.5F);
      CHECK(std::abs(moving[test::features + i] - 0.94F) < 0.5F);
    }
  }
}

TEST_CASE("statistics: at fixed weights the center's are the data's, as steady as one process's") {
  const auto world = mpi::Communicator::world();
  const DataFolder folder(world);
  const std::string path = folder.file("still.h5");
  for (const Rows order : {Rows::mixed, Rows::sorted}) {
    if (world.rank() == 0) test::write_still_data(path, order);
    world.barrier();
    std::vector<StrategyOptions> rules{DownpourOptions{.communication_window = 1},
                                       DynsgdOptions{.communication_window = 1},
                                       GemOptions{.communication_window = 1}, SyncSgdOptions{},
                                       AveragingOptions{.communication_window = 1}};
    if (order == Rows::mixed) {
      rules.push_back(AdagOptions{.communication_window = 20});
      rules.push_back(HogwildOptions{.communication_window = 5});
    }
    for (const StrategyOptions& strategy : rules) {
      CAPTURE(name_of_rule(strategy));
      CAPTURE(order == Rows::sorted);
      const bool has_center = topology(strategy) == Topology::parameter_server;
      const int workers = has_center && world.size() > 1 ? world.size() - 1 : world.size();
      if (order == Rows::sorted && workers > 1 && workers % 2 != 0) continue;  // a shard has both
      const Rows batches = workers == 1 ? Rows::mixed : order;
      Experiment still = test::still_experiment(path, strategy);
      // So that no worker trains on alone at the end, with its class.
      if (has_center && order == Rows::sorted) still.trainer.max_staleness = 1;
      const auto trained = train_once(
          still, folder, name_of_rule(strategy) + (order == Rows::sorted ? "-sorted" : ""), world);
      if (world.rank() != 0) continue;
      const auto error =
          test::statistics_error(statistics_of_first(trained, test::still_features), batches);
      const auto noise = test::noise_of_one_process(batches);
      CHECK(error.mean < 1.6 * noise.mean);
      CHECK(error.variance < 1.6 * noise.variance);
    }
  }
}

TEST_CASE("frozen: layers keep their parameters, and a batch normalization its statistics") {
  const auto world = mpi::Communicator::world();
  const DataFolder folder(world);
  const Extensions extensions = test::with_own_rules();
  for (const StrategyOptions& strategy : all_rules(extensions)) {
    CAPTURE(name_of_rule(strategy));
    if (traits(strategy).needs_nesterov) continue;
    Experiment experiment = test::normalized_experiment(folder, strategy);
    experiment.optimizer.weight_decay = 0.01;
    experiment.model.layers[1].trainable = false;
    experiment.model.layers[2].trainable = false;
    const graph::Model model(experiment.model, Shape{test::features});
    AlignedVector<float> initial(model.parameter_count());
    model.initialize(initial, experiment.seed);
    CHECK(model.exchanged_count() == model.trained_count() + 2 * test::features);
    const auto trained = train_once(experiment, folder, name_of_rule(strategy), world);
    if (world.rank() != 0) continue;
    const auto frozen = [&](const AlignedVector<float>& weights) {
      return std::vector<float>(weights.begin() + static_cast<int>(model.exchanged_count()),
                                weights.end());
    };
    CHECK(frozen(trained.model.weights) == frozen(initial));
    CHECK_FALSE(trained.model.layers[1].trainable);
    CHECK_FALSE(trained.model.layers[2].trainable);
    CHECK(trained.model.weights[0] != initial[0]);
  }
}
