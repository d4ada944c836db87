// SPDX-License-Identifier: Apache-2.0
// Networks with branches, shared and frozen layers and two outputs, trained by every rule.
#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "check_fails.hpp"
#include "data/hdf5/file.hpp"
#include "mpi/communicator.hpp"
#include "net/formats/model_file.hpp"
#include "run/simulation/simulate.hpp"
#include "run/training/train.hpp"
#include "synthetic.hpp"

using namespace tusk;
using test::DataFolder;

namespace {

const std::vector<StrategyOptions> every_rule{SingleOptions{},
                                              DownpourOptions{.communication_window = 3},
                                              AdagOptions{.communication_window = 3},
                                              ExperimentalOptions{.communication_window = 3},
                                              DynsgdOptions{.communication_window = 3},
                                              HogwildOptions{.communication_window = 3},
                                              AeasgdOptions{.communication_window = 3},
                                              EamsgdOptions{.communication_window = 3},
                                              EasgdOptions{.communication_window = 3},
                                              AveragingOptions{.communication_window = 3},
                                              SyncSgdOptions{},
                                              GemOptions{.communication_window = 3}};

LayerEntry place(LayerEntry entry, std::string name, std::vector<std::string> inputs = {}) {
  entry.name = std::move(name);
  entry.inputs = std::move(inputs);
  return entry;
}

// A block with a way around it, a layer that is called twice, one that is frozen, and two outputs
// that are trained on the same label.
Experiment residual_experiment(const DataFolder& folder, StrategyOptions strategy) {
  Experiment experiment = test::experiment(folder, std::move(strategy));
  const DenseOptions block{.units = 8, .activation = Activation::tanh};
  const DenseOptions head{.units = 2, .activation = Activation::softmax};
  LayerEntry again = place({}, "block_again", {"sum"});
  again.use = "block";
  experiment.model.layers = {place(block, "stem"),
                             place(block, "block"),
                             place(AddOptions{}, "sum", {"block", "stem"}),
                             again,
                             place(AddOptions{}, "more", {"block_again", "sum"}),
                             place(block, "fixed"),
                             place(ConcatenateOptions{}, "both", {"fixed", "more"}),
                             place(head, "kind"),
                             place(head, "guess", {"stem"})};
  experiment.model.frozen = {"fix*"};
  experiment.model.outputs = {{.name = "kind"}, {.name = "guess", .loss_weight = 0.5}};
  experiment.trainer.epochs = 8;
  if (std::holds_alternative<EamsgdOptions>(experiment.trainer.strategy)) {
    experiment.optimizer.kind = SgdOptions{.momentum = 0.9, .nesterov = true};
    experiment.optimizer.learning_rate = 0.01;
  }
  return experiment;
}

std::vector<float> array_of(const graph::Model& model, std::span<const float> weights,
                            const std::string& layer) {
  for (const layers::Parameter& array : model.parameters()) {
    if (array.layer != layer) continue;
    const auto numbers = weights.subspan(array.offset, array.size());
    return {numbers.begin(), numbers.end()};
  }
  return {};
}

// Trained, it separates the classes by either output, and what is frozen is where it began.
void check_run(const Experiment& experiment, const records::Summary& summary,
               const std::string& directory) {
  REQUIRE(summary.metric_names ==
          std::vector<std::string>{"kind_loss", "guess_loss", "kind_accuracy", "guess_accuracy"});
  const BatchScore& test = *summary.test;
  CHECK(test.loss_sum == doctest::Approx(test.metric_sums[0] + 0.5 * test.metric_sums[1]));
  CHECK(test.metric(2) > 0.85);
  CHECK(test.metric(3) > 0.85);
  const formats::ModelContent content = formats::load_model(directory + "/model.h5", {});
  const graph::Model model = formats::make_model(formats::options_of(content), content);
  AlignedVector<float> initial(model.parameter_count());
  model.initialize(initial, experiment.seed);
  CHECK(model.trained_count() < model.parameter_count());
  CHECK(array_of(model, content.weights, "fixed") == array_of(model, initial, "fixed"));
  CHECK(array_of(model, content.weights, "block") != array_of(model, initial, "block"));
}

}  // namespace

TEST_CASE("every rule trains a residual network, and leaves frozen layers as they are") {
  const auto world = mpi::Communicator::world();
  const DataFolder folder(world);
  for (std::size_t i = 0; i < every_rule.size(); ++i) {
    CAPTURE(i);
    const Experiment experiment = residual_experiment(folder, every_rule[i]);
    const std::string directory = folder.file("run" + std::to_string(i));
    const auto summary =
        training::train(experiment, {.run_directory = directory, .quiet = true}, world, {});
    if (world.rank() == 0) check_run(experiment, summary, directory);
    world.barrier();
  }
}

TEST_CASE("each output's scores stand in the history, the log and the summary") {
  const auto world = mpi::Communicator::world();
  const DataFolder folder(world);
  Experiment experiment = residual_experiment(folder, SingleOptions{});
  experiment.callbacks.early_stopping =
      EarlyStoppingOptions{.monitor = "val_guess_accuracy", .patience = 9};
  training::train(experiment, {.run_directory = folder.file("run"), .quiet = true}, world, {});
  if (world.rank() == 0) {
    const hdf5::File history = hdf5::File::open(folder.file("run/history.h5"));
    for (const char* column : {"loss", "kind_loss", "guess_loss", "kind_accuracy"}) {
      CHECK(history.dataset("steps/" + std::string(column)).rows() > 0);
    }
    std::ifstream metrics(folder.file("run/metrics.jsonl"));
    std::string line;
    std::getline(metrics, line);
    CHECK(nlohmann::json::parse(line).contains("val_guess_accuracy"));
    std::ifstream file(folder.file("run/summary.json"));
    const auto summary = nlohmann::json::parse(file);
    for (const char* name : {"kind_loss", "val_guess_loss", "test_kind_accuracy", "test_loss"}) {
      CHECK(summary.contains(name));
    }
  }
  world.barrier();
}

TEST_CASE("virtual workers train it, too, and one of them as a real one, bit for bit") {
  const auto world = mpi::Communicator::world();
  if (world.size() > 1) return;  // a simulation runs in one process
  const DataFolder folder(world);
  for (std::size_t i = 0; i < every_rule.size(); ++i) {
    if (std::holds_alternative<SingleOptions>(every_rule[i])) continue;
    CAPTURE(i);
    Experiment experiment = residual_experiment(folder, every_rule[i]);
    experiment.simulate.step_time = TimeDistribution(LognormalTime{.mean = 0.01, .sigma = 0.4});
    for (const std::size_t workers : {std::size_t{1}, std::size_t{5}}) {
      const std::string directory =
          folder.file("sim" + std::to_string(i) + "-" + std::to_string(workers));
      const auto assembly = training::assemble_simulation(experiment, workers, world, {});
      const auto summary =
          simulation::train(assembly, {.run_directory = directory, .quiet = true}, 2, world);
      if (workers > 1) {
        check_run(experiment, summary, directory);
        continue;
      }
      const std::string real = folder.file("real" + std::to_string(i));
      training::train(experiment, {.run_directory = real, .quiet = true}, world, {});
      CHECK(formats::load_model(directory + "/model.h5", {}).weights ==
            formats::load_model(real + "/model.h5", {}).weights);
    }
  }
}

TEST_CASE("training goes on from a graph's file, and freezes what the experiment names") {
  const auto world = mpi::Communicator::world();
  const DataFolder folder(world);
  Experiment first = residual_experiment(folder, SyncSgdOptions{});
  first.trainer.epochs = 1;
  training::train(first, {.run_directory = folder.file("first"), .quiet = true}, world, {});
  Experiment next = first;
  next.model.file = folder.file("first/model.h5");
  next.model.layers.clear();
  next.model.outputs.clear();
  next.model.frozen = {"stem", "block"};
  training::train(next, {.run_directory = folder.file("next"), .quiet = true}, world, {});
  if (world.rank() == 0) {
    const formats::ModelContent before = formats::load_model(folder.file("first/model.h5"), {});
    const formats::ModelContent after = formats::load_model(folder.file("next/model.h5"), {});
    const graph::Model old_model = formats::make_model(formats::options_of(before), before);
    const graph::Model new_model = formats::make_model(formats::options_of(after), after);
    for (const char* layer : {"stem", "block", "fixed", "kind", "guess"}) {
      CAPTURE(layer);
      const bool is_frozen = layer[0] != 'k' && layer[0] != 'g';
      CHECK((array_of(old_model, before.weights, layer) ==
             array_of(new_model, after.weights, layer)) == is_frozen);
    }
    CHECK(after.outputs.size() == 2);
  }
  world.barrier();
}

TEST_CASE("that data have too few arrays for a model is said in one line") {
  const auto world = mpi::Communicator::world();
  const DataFolder folder(world);
  const auto train = [&](const Experiment& experiment) {
    training::train(experiment, {.run_directory = folder.file("none"), .quiet = true}, world, {});
  };
  Experiment inputs = residual_experiment(folder, SyncSgdOptions{});
  inputs.model.layers[0].inputs = {"a"};
  inputs.model.layers[8].inputs = {"b"};
  inputs.model.inputs = {{"a", {6}}, {"b", {6}}};
  CHECK_FAILS(train(inputs), ExitCode::bad_experiment,
              "data.features names 1 data set, but the model has 2 inputs: a, b");
  Experiment outputs = residual_experiment(folder, SyncSgdOptions{});
  outputs.model.outputs[1].loss = LossKind::mse;
  CHECK_FAILS(train(outputs), ExitCode::bad_experiment,
              "model.outputs: 'kind' (2,) with loss 'categorical_crossentropy' and 'guess' (2,) "
              "with loss 'mse' take different labels");
}
