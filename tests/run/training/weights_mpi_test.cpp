// SPDX-License-Identifier: Apache-2.0
// Weights of samples and classes in training, by every rule.
#include <doctest/doctest.h>

#include <cmath>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "check_fails.hpp"
#include "history_column.hpp"
#include "mpi/communicator.hpp"
#include "run/simulation/simulate.hpp"
#include "run/training/train.hpp"
#include "synthetic.hpp"

using namespace tusk;
using test::DataFolder;

namespace {

// The problem of synthetic.hpp, in which every fifth row has the wrong label, and no weight; the
// others weigh 2.
void spoil(const std::string& from, const std::string& to) {
  const hdf5::File file = hdf5::File::open(from);
  std::vector<float> x(test::rows * test::features);
  std::vector<std::int32_t> y(test::rows);
  file.dataset("features").read(0, std::span(x));
  file.dataset("label").read(0, std::span(y));
  std::vector<double> weights(test::rows, 2.0);
  for (std::size_t row = 0; row < test::rows; row += 5) {
    y[row] = 1 - y[row];
    weights[row] = 0.0;
  }
  hdf5::File spoiled = hdf5::File::create(to);
  spoiled.create_dataset("features", ElementType::f32, {test::rows, test::features})
      .write(0, std::span<const float>(x));
  spoiled.create_dataset("label", ElementType::i32, {test::rows})
      .write(0, std::span<const std::int32_t>(y));
  spoiled.create_dataset("weight", ElementType::f64, {test::rows})
      .write(0, std::span<const double>(weights));
  spoiled.close();
}

class WeightedFolder : public DataFolder {
 public:
  explicit WeightedFolder(const mpi::Communicator& world) : DataFolder(world) {
    if (world.rank() == 0) spoil(file("data.h5"), file("spoiled.h5"));
    world.barrier();
  }
};

Experiment weighted_experiment(const WeightedFolder& folder, StrategyOptions strategy) {
  Experiment experiment = test::experiment(folder, std::move(strategy));
  experiment.data.train = folder.file("spoiled.h5");
  experiment.data.test = folder.file("spoiled.h5");
  experiment.data.sample_weight = "weight";
  experiment.model.weighted_metrics = {MetricKind::accuracy};
  experiment.trainer.epochs = 6;
  return experiment;
}

nlohmann::json summary_of(const std::string& directory) {
  std::ifstream file(directory + "/summary.json");
  return nlohmann::json::parse(file);
}

}  // namespace

TEST_CASE("by every rule rows without weight teach nothing, and sums of weights are reported") {
  const auto world = mpi::Communicator::world();
  const WeightedFolder folder(world);
  const std::vector<StrategyOptions> rules{SingleOptions{},
                                           DownpourOptions{.communication_window = 3},
                                           AdagOptions{.communication_window = 3},
                                           DynsgdOptions{.communication_window = 3},
                                           EasgdOptions{.communication_window = 3},
                                           AveragingOptions{.communication_window = 3},
                                           SyncSgdOptions{},
                                           GemOptions{.communication_window = 3}};
  for (const StrategyOptions& rule : rules) {
    CAPTURE(name_of_rule(rule));
    for (const bool streamed : {false, true}) {
      CAPTURE(streamed);
      Experiment experiment = weighted_experiment(folder, rule);
      if (streamed) experiment.data.memory_limit = ByteCount{4000};
      const std::string directory = folder.file("run");
      const auto summary =
          training::train(experiment, {.run_directory = directory, .overwrite = true}, world, {});
      if (world.rank() == 0) {
        CHECK(summary.test->metric(1) > 0.9);   // by the weights
        CHECK(summary.test->metric(0) < 0.85);  // every fifth label is wrong
        CHECK(summary.test->weight_sums[0] == 2.0 * 802);
        CHECK(summary.ledger.samples_trained == 6 * 903);  // weights or not
        const auto weight = test::history_column<double>(directory, "steps/weight");
        const double all = std::accumulate(weight.begin(), weight.end(), 0.0);
        const double once = all / 6;  // the training rows of an epoch
        CHECK(once == std::floor(once));
        const nlohmann::json json = summary_of(directory);
        CHECK(once + json["val_weight_sum"].get<double>() == 2.0 * 802);
        CHECK(json["weight_sum"].get<double>() > 0.9 * once);  // of the last epoch's samples
        CHECK(json["test_weight_sum"] == 2.0 * 802);
        CHECK(json.contains("val_weighted_accuracy"));
      }
      world.barrier();
    }
  }
}

TEST_CASE("one virtual worker with compression is a real one behind messages, to the bit") {
  const auto world = mpi::Communicator::world();
  if (world.size() != 2) return;
  const WeightedFolder folder(world);
  const auto alone = world.split(world.rank(), 0);
  for (const CompressionKind kind : {CompressionKind::bf16, CompressionKind::topk}) {
    Experiment experiment = weighted_experiment(folder, AdagOptions{.communication_window = 2});
    experiment.server.compression = {.kind = kind, .topk_fraction = 0.1};
    const std::string name(name_of(kind));
    training::train(experiment, {.run_directory = folder.file(name)}, world, {});
    if (world.rank() == 0) {
      const auto assembly = training::assemble_simulation(experiment, 1, alone, {});
      simulation::train(assembly, {.run_directory = folder.file(name + "-simulated")}, 1, alone,
                        nullptr);
      const auto weights = [&](const std::string& run) {
        return formats::load_model(folder.file(run) + "/model.h5", {}).weights;
      };
      CHECK(weights(name) == weights(name + "-simulated"));
    }
    world.barrier();
  }
}

TEST_CASE("claimed partitions, ensembles and simulations weigh samples, too") {
  const auto world = mpi::Communicator::world();
  const WeightedFolder folder(world);
  Experiment claimed = weighted_experiment(folder, AdagOptions{.communication_window = 2});
  claimed.trainer.parallelism_factor = 3;
  claimed.data.repeat = 2;
  const auto summary =
      training::train(claimed, {.run_directory = folder.file("claimed")}, world, {});
  if (world.rank() == 0) {
    CHECK(summary.test->metric(1) > 0.9);
    CHECK(summary.test->metric(0) < 0.85);
  }

  Experiment members = weighted_experiment(folder, EnsembleOptions{.members = 3});
  const auto all = training::train(members, {.run_directory = folder.file("members")}, world, {});
  if (world.rank() == 0) {
    CHECK(all.test->metric(1) > 0.9);
    CHECK(all.test->weight_sums[0] == 2.0 * 802);
  }

  const auto alone = world.split(world.rank(), 0);
  if (world.rank() == 0) {
    const Experiment simulated = weighted_experiment(folder, DownpourOptions{});
    const auto assembly = training::assemble_simulation(simulated, 3, alone, {});
    const auto virtual_run =
        simulation::train(assembly, {.run_directory = folder.file("simulated")}, 1, alone, nullptr);
    CHECK(virtual_run.test->metric(1) > 0.9);
  }
  world.barrier();
}

TEST_CASE("weights of classes count in training alone, named, by number, or balanced") {
  const auto world = mpi::Communicator::world();
  const WeightedFolder folder(world);
  // Σ of the weights of all samples of an epoch, and the loss.
  const auto train = [&](const ClassWeightOptions& weights, std::size_t partitions) {
    Experiment experiment = test::experiment(folder, DownpourOptions{});
    experiment.model.class_weight = weights;
    experiment.trainer.epochs = 2;
    experiment.trainer.parallelism_factor = partitions;
    const std::string directory = folder.file("run");
    const auto summary =
        training::train(experiment, {.run_directory = directory, .overwrite = true}, world, {});
    std::vector<double> weight{0.0};
    if (world.rank() == 0) {
      CHECK(summary.test->weight_sums[0] == test::rows);  // 1 each
      weight = test::history_column<double>(directory, "steps/weight");
    }
    world.barrier();
    return std::pair(std::accumulate(weight.begin(), weight.end(), 0.0) / 2,
                     summary.last_epoch.train.loss_sum);
  };
  for (const std::size_t partitions : {1, 2}) {
    const auto [plain, loss] = train({}, partitions);
    const double third = train({.weights = {{"0", 3.0}}}, partitions).first;
    const double both = train({.weights = {{"0", 3.0}, {"1", 2.0}}}, partitions).first;
    const auto [balanced, other_loss] = train({.balanced = true}, partitions);
    if (world.rank() != 0) continue;
    CHECK(plain == 903);
    const double of_class_0 = (third - 903) / 2;
    CHECK(both == 3 * of_class_0 + 2 * (903 - of_class_0));
    // N/(K n) of each class, over the rows of all workers: N in all.
    CHECK(balanced == doctest::Approx(903).epsilon(1e-12));
    CHECK(other_loss != loss);
  }
}

TEST_CASE("wrong weights are errors of one line") {
  const auto world = mpi::Communicator::world();
  const WeightedFolder folder(world);
  const auto fails = [&](const std::string& text, ExitCode code, auto change) {
    Experiment experiment = weighted_experiment(folder, DownpourOptions{});
    change(experiment);
    CHECK_FAILS(training::assemble(experiment, training::find_roles(experiment, world), world, {}),
                code, text);
  };
  const auto with_weights = [&](const std::vector<double>& weights) {
    world.barrier();
    if (world.rank() == 0) {
      spoil(folder.file("data.h5"), folder.file("wrong.h5"));
      hdf5::File file = hdf5::File::update(folder.file("wrong.h5"));
      file.dataset("weight").write(0, std::span<const double>(weights));
      file.close();
    }
    world.barrier();
  };
  std::vector<double> weights(test::rows, 1.0);
  weights[777] = std::numeric_limits<double>::quiet_NaN();
  with_weights(weights);
  const auto use_wrong = [&](Experiment& e) { e.data.train = folder.file("wrong.h5"); };
  fails("wrong.h5: data set 'weight' has nan in row 777; weights must be finite",
        ExitCode::bad_data, use_wrong);
  fails("wrong.h5: data set 'weight' has nan in row 777", ExitCode::bad_data,
        [&](Experiment& e) { e.data.test = folder.file("wrong.h5"); });
  with_weights(std::vector<double>(test::rows, 0.0));
  fails("wrong.h5: the weights in data set 'weight' are all 0", ExitCode::bad_data, use_wrong);
  fails("no data set 'wieght'", ExitCode::bad_data,
        [](Experiment& e) { e.data.sample_weight = "wieght"; });
  fails("model.class_weight: there is no class 'signal'; the classes have no names and are 0 to 1",
        ExitCode::bad_experiment, [](Experiment& e) {
          e.model.class_weight.weights = {{"signal", 2.0}};
        });
  fails("model.class_weight: every class has the weight 0", ExitCode::bad_experiment,
        [](Experiment& e) {
          e.model.class_weight.weights = {{"0", 0.0}, {"1", 0.0}};
        });
  fails("model.class_weight: there is no class '2'", ExitCode::bad_experiment, [](Experiment& e) {
    e.model.class_weight.weights = {{"2", 2.0}};
  });
  fails("model.class_weight: class 1 is given twice, once as '01'", ExitCode::bad_experiment,
        [](Experiment& e) {
          e.model.class_weight.weights = {{"1", 2.0}, {"01", 2.0}};
        });
  fails("model.class_weight needs a loss of classes, a cross-entropy, but the loss is 'mse'",
        ExitCode::bad_experiment, [](Experiment& e) {
          e.model.class_weight.balanced = true;
          e.model.loss = LossKind::mse;
          e.model.layers.back() = DenseOptions{.units = 1};
        });
}
