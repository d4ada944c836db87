// SPDX-License-Identifier: Apache-2.0
#include "going_on.hpp"

#include <algorithm>
#include <set>

#include "check_fails.hpp"
#include "moving_statistics.hpp"
#include "mpi/collectively.hpp"
#include "mpi/communicator.hpp"
#include "own_rules.hpp"
#include "run/checkpoint/origin.hpp"
#include "run/training/train.hpp"
#include "synthetic.hpp"

using namespace tusk;
namespace fs = std::filesystem;

namespace {

// Trains with many checkpoints, goes on from some of them in directories of their own, and twice in
// a row, and compares.
class GoingOn {
 public:
  void check(Experiment experiment, const std::string& what) {
    CAPTURE(what);
    experiment.trainer.epochs = 4;
    const std::string whole = folder_.file(what);
    train(experiment, whole, "auto");
    const std::vector<fs::path> checkpoints = list(whole);
    CHECK(checkpoints.size() >= 2);
    if (checkpoints.empty()) return;
    // The newest, one in the middle, the first.
    for (const std::size_t which :
         std::set<std::size_t>{0, checkpoints.size() / 2, checkpoints.size() - 1}) {
      const std::string again = folder_.file(what + "-from-" + std::to_string(which));
      train(experiment, again, checkpoints[which].string());
      compare(whole, again);
      const std::vector<fs::path> later = list(again);
      if (which == 0 || later.empty()) continue;
      const std::string third = again + "-twice";
      train(experiment, third, later[later.size() / 2].string());
      compare(whole, third);
    }
  }

  records::Summary train(const Experiment& experiment, const std::string& directory,
                         const std::string& resume) const {
    return training::train(experiment,
                           {.run_directory = directory, .quiet = true, .resume = resume}, world_,
                           extensions_);
  }

  Experiment experiment(StrategyOptions strategy, const std::string& every) const {
    return keeping(test::experiment(folder_, std::move(strategy)), every);
  }

  // The same with moving statistics, and a layer that is frozen.
  Experiment normalized(StrategyOptions strategy, const std::string& every) const {
    Experiment experiment = test::normalized_experiment(folder_, std::move(strategy));
    experiment.model.layers[1].trainable = false;
    return keeping(std::move(experiment), every);
  }

  static Experiment keeping(Experiment experiment, const std::string& every) {
    experiment.checkpoint = {.every = every, .keep = 1000};
    return experiment;
  }

  const test::DataFolder& folder() const { return folder_; }
  const mpi::Communicator& world() const { return world_; }
  const Extensions& extensions() const { return extensions_; }

 private:
  std::vector<fs::path> list(const std::string& directory) const {
    std::vector<fs::path> found = test::checkpoints_of(directory);
    world_.barrier();  // rank 0 changes nothing before all have looked
    return found;
  }
  void compare(const std::string& one, const std::string& other) const {
    if (world_.rank() == 0) test::check_same_runs(one, other, /*simulated=*/false);
    world_.barrier();
  }

  mpi::Communicator world_ = mpi::Communicator::world();
  test::DataFolder folder_{world_};
  Extensions extensions_ = test::with_own_rules();
};

}  // namespace

TEST_CASE("single goes on bit for bit, with every optimizer") {
  GoingOn going_on;
  const std::vector<std::pair<std::string, OptimizerKind>> kinds{
      {"sgd", SgdOptions{}},
      {"nesterov", SgdOptions{.momentum = 0.9, .nesterov = true}},
      {"adam", AdamOptions{}},
      {"nadam", NadamOptions{}},
      {"rmsprop", RmspropOptions{.momentum = 0.5, .centered = true}},
      {"adadelta", AdadeltaOptions{}},
      {"steady", test::steady(going_on.extensions(), {})}};
  for (const auto& [name, kind] : kinds) {
    Experiment experiment = going_on.experiment(SingleOptions{}, "37 steps");
    experiment.optimizer.kind = kind;
    experiment.optimizer.learning_rate = 0.01;
    going_on.check(experiment, "single-" + name);
  }
}

TEST_CASE("single goes on with dropout, repeated data, weights, a schedule and callbacks") {
  GoingOn going_on;
  Experiment experiment = going_on.experiment(SingleOptions{}, "1 epoch");
  experiment.model.layers.insert(experiment.model.layers.begin() + 1, DropoutOptions{.rate = 0.3});
  experiment.data.repeat = 2;
  experiment.model.class_weight.weights = {{"1", 1.5}};
  experiment.model.weighted_metrics = {MetricKind::accuracy};
  experiment.optimizer.schedule =
      ScheduleOptions{.kind = CosineSchedule{.decay_steps = 300}, .warmup_steps = 20};
  experiment.callbacks.early_stopping =
      EarlyStoppingOptions{.patience = 50, .restore_best_weights = true};
  experiment.callbacks.reduce_lr_on_plateau =
      ReduceLearningRateOptions{.patience = 1, .min_delta = 10.0};
  going_on.check(experiment, "decorated");
  experiment.checkpoint.every = "61 steps";
  going_on.check(experiment, "decorated-inside");
}

TEST_CASE("augmented samples go on bit for bit, in memory and streamed") {
  GoingOn going_on;
  const std::size_t ranks = static_cast<std::size_t>(going_on.world().size());
  Experiment experiment =
      going_on.experiment(SyncSgdOptions{}, std::to_string(23 * ranks) + " steps");
  experiment.data.transforms = {ReshapeTransform{.shape = {2, 3, 1}}};
  experiment.model.layers.insert(experiment.model.layers.begin(), FlattenOptions{});
  experiment.data.augment = {RandomFlip{}, RandomCrop{.padding = 1}, GaussianNoise{.stddev = 0.1},
                             Mixup{}};
  going_on.check(experiment, "augmented");
  experiment.data.memory_limit = ByteCount{8192};
  experiment.data.repeat = 2;
  going_on.check(experiment, "augmented-streamed");
}

TEST_CASE("single goes on where its samples are streamed") {
  GoingOn going_on;
  Experiment experiment = going_on.experiment(SingleOptions{}, "37 steps");
  experiment.data.memory_limit = ByteCount{8192};
  going_on.check(experiment, "streamed");
}

TEST_CASE("every rule of peers goes on bit for bit") {
  GoingOn going_on;
  const auto ranks = std::to_string(23 * going_on.world().size());
  const std::vector<std::pair<std::string, StrategyOptions>> rules{
      {"sync_sgd", SyncSgdOptions{}},
      {"easgd", EasgdOptions{.communication_window = 4}},
      {"averaging", AveragingOptions{.communication_window = 5}},
      {"averaging-epoch", AveragingOptions{}},
      {"diloco", DilocoOptions{.communication_window = 5}},
      {"diloco-heavy-ball", DilocoOptions{.communication_window = 7, .nesterov = false}},
      {"chorus", test::chorus(going_on.extensions())}};
  for (const auto& [name, rule] : rules) {
    const bool by_epoch = name == "averaging-epoch";
    Experiment experiment = going_on.experiment(rule, by_epoch ? "1 epoch" : ranks + " steps");
    experiment.optimizer.kind = SgdOptions{.momentum = 0.9};
    going_on.check(experiment, name);
  }
}

TEST_CASE("a center alone with its worker goes on bit for bit") {
  GoingOn going_on;
  if (going_on.world().size() > 2) return;  // the order of several workers is not repeatable
  const std::vector<std::pair<std::string, StrategyOptions>> rules{
      {"downpour", DownpourOptions{.communication_window = 3}},
      {"adag", AdagOptions{.communication_window = 4}},
      {"dynsgd", DynsgdOptions{.communication_window = 3}},
      {"experimental", ExperimentalOptions{.communication_window = 3}},
      {"aeasgd", AeasgdOptions{.communication_window = 4}},
      {"gem", GemOptions{.communication_window = 4}},
      {"async_local_sgd", AsyncLocalSgdOptions{.communication_window = 3}},
      {"delayed_nesterov", DelayedNesterovOptions{.communication_window = 3, .delay = 5}},
      {"relay", test::relay(going_on.extensions(), 3)}};
  for (const auto& [name, rule] : rules) {
    Experiment experiment = going_on.experiment(rule, "37 steps");
    if (going_on.world().size() > 1) {
      experiment.debug.slow = SlowOptions{.factor = 100.0};  // rank 0 hears of steps by the clock,
      experiment.data.validation_split = 0.0;                // and validates when it has heard
    }
    going_on.check(experiment, name);
  }
}

TEST_CASE("an outer momentum that is spread over servers goes on bit for bit") {
  GoingOn going_on;
  if (going_on.world().size() != 4) return;  // three servers and a worker
  Experiment experiment = going_on.experiment(
      DelayedNesterovOptions{.communication_window = 3, .delay = 5}, "37 steps");
  experiment.server.shards = 3;
  experiment.debug.slow = SlowOptions{.factor = 100.0};
  experiment.data.validation_split = 0.0;
  going_on.check(experiment, "delayed_nesterov-shards");
}

TEST_CASE("moving statistics go on bit for bit, and what is frozen stays") {
  GoingOn going_on;
  const int size = going_on.world().size();
  std::vector<std::pair<std::string, StrategyOptions>> rules{
      {"single", SingleOptions{}},
      {"sync_sgd", SyncSgdOptions{}},
      {"easgd", EasgdOptions{.communication_window = 4}},
      {"averaging", AveragingOptions{.communication_window = 5}},
      {"diloco", DilocoOptions{.communication_window = 5}},
      {"chorus", test::chorus(going_on.extensions())}};
  if (size <= 2) {  // the order of several workers is not repeatable
    rules.emplace_back("downpour", DownpourOptions{.communication_window = 3});
    rules.emplace_back("delayed_nesterov",
                       DelayedNesterovOptions{.communication_window = 3, .delay = 4});
    rules.emplace_back("aeasgd", AeasgdOptions{.communication_window = 4});
    rules.emplace_back("downpour-overlap", DownpourOptions{.communication_window = 3});
    rules.emplace_back("aeasgd-overlap", AeasgdOptions{.communication_window = 4,
                                                       .moving_rate = {.beta = 0.9, .alpha = 0.3}});
  }
  for (const auto& [name, rule] : rules) {
    const bool served = topology(rule) == Topology::parameter_server;
    const auto steps = std::to_string(served || name == "single" ? 31 : 19 * size);
    Experiment experiment = going_on.normalized(rule, steps + " steps");
    experiment.trainer.overlap = name.ends_with("overlap");
    if (size > 1 && served) experiment.debug.slow = SlowOptions{.factor = 100.0};
    // Validation takes the center as it finds it: with an exchange under way or without.
    if ((size > 1 && served) || experiment.trainer.overlap) experiment.data.validation_split = 0.0;
    going_on.check(experiment, name);
  }
}

TEST_CASE("another experiment is refused, with what differs; what may change may change") {
  GoingOn going_on;
  const Experiment first = going_on.experiment(SingleOptions{}, "37 steps");
  const std::string whole = going_on.folder().file("first");
  going_on.train(first, whole, "auto");
  const std::string from = whole + "/checkpoints/latest";
  const auto go_on = [&](const Experiment& experiment, const std::string& name) {
    return going_on.train(experiment, going_on.folder().file(name), from);
  };
  Experiment other = first;
  other.optimizer.learning_rate = 0.05;
  other.trainer.batch_size = 8;
  CHECK_FAILS(go_on(other, "other"), ExitCode::bad_experiment,
              "is of another experiment: optimizer.learning_rate was 0.1, is 0.05; "
              "trainer.batch_size was 16, is 8");
  Experiment shorter = first;
  shorter.trainer.epochs = 3;
  CHECK_FAILS(go_on(shorter, "shorter"), ExitCode::bad_experiment, "trainer.epochs may grow");

  Experiment more = first;
  more.trainer.epochs = 9;
  more.trainer.threads = 2;
  more.checkpoint = {.every = "never", .keep = 1};
  more.callbacks.target_loss = 1e-9;
  const records::Summary summary = go_on(more, "more");
  if (going_on.world().rank() == 0) CHECK(summary.epochs == 9);
}

TEST_CASE("damaged checkpoints are set aside and the one before is taken; without any it says so") {
  GoingOn going_on;
  const mpi::Communicator& world = going_on.world();
  const Experiment experiment = going_on.experiment(SingleOptions{}, "37 steps");
  const std::string directory = going_on.folder().file("run");
  going_on.train(experiment, directory, "auto");
  const std::vector<fs::path> checkpoints = test::checkpoints_of(directory);
  world.barrier();
  const auto damage = [&](const fs::path& checkpoint) {
    std::fstream file(checkpoint / "rank-0.state", std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(4000);
    file.put('!');
  };
  if (world.rank() == 0) {
    fs::remove(directory + "/summary.json");  // as if it had been killed at its end
    damage(checkpoints[0]);
    damage(checkpoints[1]);
  }
  world.barrier();
  going_on.train(experiment, directory, "auto");
  CHECK(fs::exists(checkpoints[0].string() + ".damaged-1"));
  CHECK(fs::exists(checkpoints[1].string() + ".damaged-1"));
  CHECK(fs::exists(checkpoints[0]));  // again
  world.barrier();
  if (world.rank() == 0) {
    fs::remove(directory + "/summary.json");
    for (const fs::path& checkpoint : test::checkpoints_of(directory)) damage(checkpoint);
  }
  world.barrier();
  CHECK_FAILS(going_on.train(experiment, directory, "auto"), ExitCode::bad_data,
              "no checkpoint can be read");
}

namespace {

// Flips every 97th byte of a file, one after another, and each time calls `look`.
template <typename Look>
void flip_each(const fs::path& path, const Look& look) {
  const auto size = fs::file_size(path);
  for (std::uintmax_t at = 0; at < size; at += 97) {
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    const auto flip = [&] {
      char byte = 0;
      file.seekg(static_cast<std::streamoff>(at));
      file.get(byte);
      file.seekp(static_cast<std::streamoff>(at));
      file.put(static_cast<char>(byte ^ 0x10));
      file.flush();
    };
    flip();
    CAPTURE(at);
    look();
    flip();
  }
}

}  // namespace

TEST_CASE("every 97th byte of a checkpoint is missed: the one before is taken, or none") {
  GoingOn going_on;
  if (going_on.world().size() > 1) return;
  Experiment experiment = going_on.experiment(AdagOptions{.communication_window = 4}, "80 steps");
  experiment.data.test.reset();
  const std::string directory = going_on.folder().file("run");
  going_on.train(experiment, directory, "auto");
  fs::remove(directory + "/summary.json");
  const auto found = [&] {
    return checkpoint::find_origin({.run_directory = directory}, experiment, going_on.world(),
                                   going_on.extensions());
  };
  const std::vector<fs::path> checkpoints = test::checkpoints_of(directory);
  CHECK(checkpoints.size() >= 2);
  const fs::path newest = checkpoints[0];
  CHECK(found()->checkpoint == newest);
  flip_each(newest / "rank-0.state", [&] {
    CHECK(found()->checkpoint == checkpoints[1]);
    fs::rename(newest.string() + ".damaged-1", newest);
  });
  CHECK(found()->checkpoint == newest);
  for (std::size_t i = 1; i < checkpoints.size(); ++i) fs::remove_all(checkpoints[i]);
  flip_each(newest / "rank-0.state",
            [&] { CHECK_FAILS(found(), ExitCode::bad_data, "no checkpoint can be read"); });
  for (const char* file : {"model.h5", "model.h5.crc32"}) {
    flip_each(newest / file, [&] {
      CHECK_FAILS(formats::load_model(newest.string(), {}), ExitCode::bad_data, "is damaged");
    });
  }
  CHECK_FALSE(formats::load_model(newest.string(), {}).weights.empty());
}

TEST_CASE("an unfinished run without a checkpoint is moved aside; a finished one is refused") {
  GoingOn going_on;
  const mpi::Communicator& world = going_on.world();
  const Experiment experiment = going_on.experiment(SingleOptions{}, "never");
  const std::string directory = going_on.folder().file("run");
  going_on.train(experiment, directory, "auto");
  CHECK_FAILS(going_on.train(experiment, directory, "auto"), ExitCode::cannot_create,
              "exists already");
  world.barrier();
  if (world.rank() == 0) fs::remove(directory + "/summary.json");
  world.barrier();
  CHECK_FAILS(going_on.train(experiment, directory, "never"), ExitCode::cannot_create,
              "exists already");
  going_on.train(experiment, directory, "auto");
  CHECK(fs::exists(directory + "/summary.json"));
  CHECK(fs::exists(directory + ".old-1/model.h5"));
}

TEST_CASE("a rule that does not say what it must remember has no checkpoints, and trains") {
  GoingOn going_on;
  const std::string directory = going_on.folder().file("hermit");
  going_on.train(going_on.experiment(test::hermit(going_on.extensions()), "10 steps"), directory,
                 "auto");
  CHECK(fs::exists(directory + "/summary.json"));
  CHECK(test::checkpoints_of(directory).empty());
}
