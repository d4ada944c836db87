// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "check_fails.hpp"
#include "data/datasets/split.hpp"
#include "data/transforms/fit_transforms.hpp"
#include "mpi/communicator.hpp"
#include "net/formats/model_file.hpp"
#include "run/training/train.hpp"
#include "synthetic.hpp"
#include "use/evaluation/shared_evaluation.hpp"
#include "use/evaluation/trained_model.hpp"

using namespace tusk;
using test::DataFolder;

namespace {

const std::vector<TransformOptions> every_transform{ClipTransform{.low = -2.0, .high = 2.0},
                                                    StandardTransform{},
                                                    ReshapeTransform{.shape = {test::features, 1}}};

std::string learned(const std::string& directory) {
  return formats::load_model(directory + "/model.h5", {}).transforms;
}

}  // namespace

TEST_CASE("a model carries what its transforms have learned from the training rows alone") {
  const auto world = mpi::Communicator::world();
  const DataFolder folder(world);
  Experiment experiment = test::experiment(folder, AdagOptions{.communication_window = 2});
  experiment.model.layers.insert(experiment.model.layers.begin(), FlattenOptions{});
  experiment.data.transforms = every_transform;
  experiment.trainer.parallelism_factor = 2;
  const std::string directory = folder.file("run");
  const auto summary = training::train(experiment, {.run_directory = directory}, world, {});
  CHECK(summary.test->metric(0) > 0.9);

  const auto data = datasets::Dataset::open(folder.file("data.h5"), {"features", "label"});
  const datasets::Split split(data.rows(), experiment.data.validation_split, experiment.seed);
  const datasets::Rows rows = split.training_rows({0, split.training_count()});
  CHECK(learned(directory) ==
        transforms::fit_transforms(every_transform, data, rows, world).to_json());

  const auto model = evaluation::load_for_evaluation(directory + "/model.h5", {}, {});
  CHECK(model.model.input_shape() == Shape{test::features, 1});
  const auto score = evaluation::evaluate_together(world, evaluation::views_of({&model, 1}),
                                                   evaluation::Combine::mean, data);
  CHECK(score.loss_sum == summary.test->loss_sum);

  // What goes on from the model goes on with its transforms.
  Experiment next = experiment;
  next.data.transforms.clear();
  next.data.validation_split = 0.5;
  next.model.layers.clear();
  next.model.file = directory + "/model.h5";
  training::train(next, {.run_directory = folder.file("next")}, world, {});
  CHECK(learned(folder.file("next")) == learned(directory));

  // Transforms that change how wide samples are do not go with its weights.
  next.data.transforms = {
      OneHotTransform{.column = std::uint64_t{0}, .unknown = UnknownCategory::zeros}};
  CHECK_FAILS(training::train(next, {.run_directory = folder.file("wide")}, world, {}),
              ExitCode::bad_data, "model.h5: the model has 74 weights for samples of");
}

TEST_CASE("the label of one class becomes 1 and the others 0, in training and evaluation") {
  const auto world = mpi::Communicator::world();
  const DataFolder folder(world);
  Experiment experiment = test::experiment(folder, DownpourOptions{.communication_window = 2});
  experiment.data.transforms = {BinaryLabelTransform{.positive = std::uint64_t{0}}};
  experiment.model.layers.back() = DenseOptions{.units = 1, .activation = Activation::sigmoid};
  experiment.model.loss = LossKind::binary_crossentropy;
  experiment.model.metrics = {MetricKind::accuracy};
  const std::string directory = folder.file("run");
  const auto summary = training::train(experiment, {.run_directory = directory}, world, {});
  CHECK(summary.test->metric(0) > 0.9);

  const auto data = datasets::Dataset::open(folder.file("data.h5"), {"features", "label"});
  auto model = evaluation::load_for_evaluation(directory + "/model.h5", {}, {});
  const auto score = evaluation::evaluate_together(world, evaluation::views_of({&model, 1}),
                                                   evaluation::Combine::mean, data);
  CHECK(score.metric(0) == summary.test->metric(0));
  model.transforms = {};
  const auto as_stored = evaluation::evaluate_together(world, evaluation::views_of({&model, 1}),
                                                       evaluation::Combine::mean, data);
  CHECK(as_stored.metric(0) < 0.1);  // the other way round
}

TEST_CASE("a member of an ensemble learns its transforms from its own rows") {
  const auto world = mpi::Communicator::world();
  const DataFolder folder(world);
  for (const EnsembleData data : {EnsembleData::whole, EnsembleData::shard}) {
    Experiment experiment = test::experiment(folder, EnsembleOptions{.members = 2, .data = data});
    experiment.trainer.epochs = 1;
    experiment.data.transforms = {StandardTransform{}};
    const std::string directory = folder.file(std::string(name_of(data)));
    training::train(experiment, {.run_directory = directory}, world, {});
    const bool same = learned(directory + "/members/00") == learned(directory + "/members/01");
    CHECK(same == (data == EnsembleData::whole));
  }
}
