// SPDX-License-Identifier: Apache-2.0
#include "user_objects.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <string>
#include <vector>

#include "check_fails.hpp"
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

// A regression of the class, which any number of ranks trains to the same bits.
Experiment regression(const DataFolder& folder) {
  Experiment experiment = test::experiment(folder, SyncSgdOptions{});
  experiment.model.layers.back() = DenseOptions{.units = 1};
  experiment.model.metrics = {MetricKind::mse};
  experiment.model.loss = LossKind::mse;
  experiment.trainer.epochs = 2;
  return experiment;
}

records::Summary train(const Experiment& experiment, const DataFolder& folder,
                       const std::string& name, const mpi::Communicator& world) {
  return training::train(experiment, {.run_directory = folder.file(name)}, world, {});
}

}  // namespace

TEST_CASE("a user's loss trains, is kept, and scores again") {
  const auto world = mpi::Communicator::world();
  const DataFolder folder(world);
  const Extensions extensions = test::with_loss_and_transforms();
  Experiment experiment = regression(folder);
  train(experiment, folder, "mse", world);
  experiment.model.loss = test::tilted(extensions, 1.0);
  train(experiment, folder, "one", world);
  experiment.model.loss = test::tilted(extensions, 0.5);
  const auto summary = train(experiment, folder, "half", world);

  const auto model_of = [&](const char* run) { return folder.file(run) + "/model.h5"; };
  const auto weights_of = [&](const char* run) {
    return formats::load_model(model_of(run), extensions).weights;
  };
  CHECK(weights_of("one") == weights_of("mse"));
  CHECK_FALSE(weights_of("half") == weights_of("mse"));
  CHECK(summary.test->loss_sum == doctest::Approx(0.5 * summary.test->metric_sums[0]));

  const auto model = evaluation::load_for_evaluation(model_of("half"), {}, extensions);
  const auto data = datasets::Dataset::open(folder.file("data.h5"), {"features", "label"});
  const auto score = evaluation::evaluate_together(world, evaluation::views_of({&model, 1}),
                                                   evaluation::Combine::mean, data);
  CHECK(score.loss_sum == summary.test->loss_sum);
  CHECK_FAILS(evaluation::load_for_evaluation(model_of("half"), {}, {}), ExitCode::bad_data,
              "needs a program that has the loss 'tilted' of the package 'mylab'");
  CHECK_FAILS(evaluation::load_for_prediction(model_of("half"), {}), ExitCode::bad_data,
              "needs a program that has the loss 'tilted' of the package 'mylab'");
}

TEST_CASE("a user's transforms learn from the training rows, are kept, and are applied again") {
  const auto world = mpi::Communicator::world();
  const DataFolder folder(world);
  const Extensions extensions = test::with_loss_and_transforms();
  Experiment experiment = regression(folder);
  experiment.data.transforms = {test::flip(extensions), test::center(extensions, 0.5)};
  const auto summary = train(experiment, folder, "run", world);

  // One rank by itself learns the same.
  const auto data = datasets::Dataset::open(folder.file("data.h5"), {"features", "label"});
  const datasets::Split split(data.rows(), experiment.data.validation_split, experiment.seed);
  const datasets::Rows rows = split.training_rows({0, split.training_count()});
  const std::string path = folder.file("run") + "/model.h5";
  CHECK(formats::load_model(path, {}).transforms ==
        transforms::fit_transforms(experiment.data.transforms, data, rows,
                                   world.split(world.rank(), 0))
            .to_json());

  const auto model = evaluation::load_for_evaluation(path, {}, extensions);
  const auto score = evaluation::evaluate_together(world, evaluation::views_of({&model, 1}),
                                                   evaluation::Combine::mean, data);
  CHECK(score.loss_sum == summary.test->loss_sum);
  CHECK_FAILS(evaluation::load_for_evaluation(path, {}, {}), ExitCode::bad_data,
              "transform 'mylab>flip' needs a program that has the transform 'flip'");

  // What goes on from the model goes on with its transforms.
  Experiment next = experiment;
  next.data.transforms.clear();
  next.model.layers.clear();
  next.model.file = path;
  training::train(next, {.run_directory = folder.file("next")}, world, extensions);
  CHECK(formats::load_model(folder.file("next") + "/model.h5", {}).transforms ==
        formats::load_model(path, {}).transforms);
  CHECK_FAILS(training::train(next, {.run_directory = folder.file("refused")}, world, {}),
              ExitCode::bad_data, "needs a program that has the transform 'flip'");
}

TEST_CASE("a user's transform that leaves what scale leaves trains the same bits") {
  const auto world = mpi::Communicator::world();
  const DataFolder folder(world);
  Experiment experiment = regression(folder);
  experiment.data.transforms = {ScaleTransform{.factor = -1.0}};
  train(experiment, folder, "scale", world);
  experiment.data.transforms = {test::flip(test::with_loss_and_transforms())};
  train(experiment, folder, "flip", world);
  CHECK(formats::load_model(folder.file("flip") + "/model.h5", {}).weights ==
        formats::load_model(folder.file("scale") + "/model.h5", {}).weights);
}

TEST_CASE("what goes wrong while a user's transform learns ends every rank with one error") {
  const auto world = mpi::Communicator::world();
  const DataFolder folder(world);
  const auto fit_with = [&](auto fit) {
    Extensions extensions{.package = "mylab"};
    extensions.add_transform<test::CenterOptions>(
        "center", fit, [](const test::CenterOptions& options, std::span<const double> means) {
          return std::make_unique<test::Center>(options, means);
        });
    Experiment experiment = regression(folder);
    experiment.data.transforms = {
        UserTransform{extensions.transforms.at(0), options::AnyOptions(test::CenterOptions{})}};
    train(experiment, folder, "run", world);
  };
  const int last = world.size() - 1;
  CHECK_FAILS(fit_with([&](const test::CenterOptions& options, const auto& rows) {
                if (world.rank() == last) fail(ExitCode::bad_data, "one rank's own");
                return test::learn_means(options, rows);
              }),
              ExitCode::bad_data, "one rank's own");
  CHECK_FAILS(fit_with([](const test::CenterOptions&, const auto& rows) {
                return std::vector<double>(rows.width(), std::nan(""));
              }),
              ExitCode::bad_experiment,
              "key 'data.transforms.0.type' (center): it has learned a number that is not finite");
  CHECK_FAILS(
      fit_with([](const test::CenterOptions&, const auto&) { return std::vector<double>(); }),
      ExitCode::bad_data, "there are no means");
}
