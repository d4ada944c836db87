// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <filesystem>
#include <map>
#include <numeric>
#include <string>
#include <vector>

#include "check_fails.hpp"
#include "data/hdf5/file.hpp"
#include "going_on.hpp"
#include "history_column.hpp"
#include "mpi/communicator.hpp"
#include "own_rules.hpp"
#include "run/training/train.hpp"
#include "shared_folder.hpp"

using namespace tusk;
namespace fs = std::filesystem;

// Runs that go on with another number of workers. Of every step the history has the row that was
// trained on: the model answers 0 whatever it sees, batches have one sample, labels are the rows'
// numbers, and the loss is their square.
namespace {

constexpr std::size_t rows = 211;
constexpr std::size_t epochs = 3;

void write_rows(const std::string& path) {
  std::vector<float> x(rows, 0.0F);
  std::vector<float> y(rows);
  std::iota(y.begin(), y.end(), 0.0F);
  hdf5::File file = hdf5::File::create(path);
  file.create_dataset("features", ElementType::f32, {rows, 1}).write(0, std::span<const float>(x));
  file.create_dataset("label", ElementType::f32, {rows, 1}).write(0, std::span<const float>(y));
  file.close();
}

class Regrouping {
 public:
  Regrouping() {
    if (world_.rank() == 0) write_rows(folder_.file("rows.h5"));
    world_.barrier();
  }

  Experiment experiment(StrategyOptions strategy) const {
    Experiment experiment;
    experiment.name = "rows";
    experiment.seed = 5;
    experiment.data.train = folder_.file("rows.h5");
    experiment.data.memory_limit = ByteCount{1 << 20};
    experiment.model.layers = {DenseOptions{.units = 1}};
    experiment.model.loss = LossKind::mse;
    experiment.optimizer.learning_rate = 1e-30;
    experiment.trainer.strategy = std::move(strategy);
    experiment.trainer.epochs = epochs;
    experiment.trainer.batch_size = 1;
    experiment.checkpoint = {.every = "53 steps", .keep = 1000};
    if (topology(experiment.trainer.strategy) != Topology::parameter_server) return experiment;
    experiment.checkpoint.every = "0.02s";  // rank 0 hears of steps by the clock
    experiment.debug.slow = SlowOptions{.factor = 250.0};
    return experiment;
  }

  // Trains on the first `ranks` ranks; the others wait.
  void train(const Experiment& experiment, int ranks, const std::string& directory,
             const std::string& resume) const {
    const mpi::Communicator some = world_.split(world_.rank() < ranks ? 0 : 1, world_.rank());
    if (world_.rank() < ranks) {
      training::train(experiment, {.run_directory = directory, .quiet = true, .resume = resume},
                      some, extensions_);
    }
    world_.barrier();
  }

  // A run of `ranks[0]` ranks, and from a checkpoint of it one of ranks[1], and so on: each is an
  // uninterrupted whole.
  void check(const Experiment& experiment, const std::vector<int>& ranks, const std::string& name) {
    CAPTURE(name);
    std::string before;
    for (std::size_t i = 0; i < ranks.size(); ++i) {
      std::string from = "auto";
      if (i > 0) {
        const std::vector<fs::path> found = test::checkpoints_of(before);  // newest first
        world_.barrier();
        CHECK(!found.empty());
        if (found.empty()) return;
        from = found[found.size() / 2].string();
      }
      const std::string directory = folder_.file(name + "-" + std::to_string(i));
      train(experiment, ranks[i], directory, from);
      if (world_.rank() == 0) check_rows(directory, experiment.data.repeat);
      world_.barrier();
      before = directory;
    }
  }

  // What became of each row in each epoch: of the steps' losses (x − row)², the numbers x that
  // augmentation made of its zeros, sorted. Of rows above 0.
  static std::map<std::pair<std::uint32_t, long>, std::vector<double>> changes(
      const std::string& directory, const std::string& loss_name = "steps/loss") {
    const auto epoch = test::history_column<std::uint32_t>(directory, "steps/epoch");
    const auto loss = test::history_column<float>(directory, loss_name);
    std::map<std::pair<std::uint32_t, long>, std::vector<double>> all;
    for (std::size_t i = 0; i < epoch.size(); ++i) {
      const double distance = std::sqrt(static_cast<double>(loss[i]));
      const long row = std::lround(distance);
      if (row > 0) all[{epoch[i], row}].push_back(distance - static_cast<double>(row));
    }
    for (auto& [key, found] : all) std::ranges::sort(found);
    return all;
  }

  const mpi::Communicator& world() const { return world_; }
  std::string file(const std::string& name) const { return folder_.file(name); }
  const Extensions& extensions() const { return extensions_; }

 private:
  static void check_rows(const std::string& directory, std::size_t repeat) {
    CAPTURE(directory);
    const auto epoch = test::history_column<std::uint32_t>(directory, "steps/epoch");
    const auto loss = test::history_column<float>(directory, "steps/loss");
    std::map<std::uint32_t, std::vector<long>> trained;
    for (std::size_t i = 0; i < epoch.size(); ++i) {
      trained[epoch[i]].push_back(std::lround(std::sqrt(loss[i])));
    }
    std::vector<long> all;
    for (std::size_t i = 0; i < rows * repeat; ++i) all.push_back(static_cast<long>(i / repeat));
    CHECK(trained.size() == epochs);
    for (auto& [number, found] : trained) {
      std::ranges::sort(found);
      CHECK_MESSAGE(found == all, "epoch ", number);
    }
    check_steps(directory);
  }

  // No step of a worker is there twice.
  static void check_steps(const std::string& directory) {
    const auto worker = test::history_column<std::uint32_t>(directory, "steps/worker");
    const auto step = test::history_column<std::uint64_t>(directory, "steps/step");
    std::vector<std::pair<std::uint32_t, std::uint64_t>> all;
    for (std::size_t i = 0; i < worker.size(); ++i) all.emplace_back(worker[i], step[i]);
    std::ranges::sort(all);
    CHECK(std::ranges::adjacent_find(all) == all.end());
  }

  mpi::Communicator world_ = mpi::Communicator::world();
  test::SharedFolder folder_{world_};
  Extensions extensions_ = test::with_own_rules();
};

}  // namespace

TEST_CASE("another number of workers trains on every sample of each epoch once") {
  Regrouping runs;
  runs.check(runs.experiment(AeasgdOptions{.communication_window = 3}), {5, 3, 5}, "4-2-4");
  runs.check(runs.experiment(DownpourOptions{.communication_window = 3}), {2, 4, 1}, "1-3-alone");
}

TEST_CASE("so it does from samples that are streamed, claimed, repeated, and in the file's order") {
  Regrouping runs;
  const Experiment plain = runs.experiment(DownpourOptions{.communication_window = 3});
  Experiment experiment = plain;
  experiment.data.memory_limit = ByteCount{400};
  runs.check(experiment, {5, 3, 4}, "streamed");
  experiment.trainer.parallelism_factor = 2;
  experiment.data.repeat = 2;
  runs.check(experiment, {4, 2, 3}, "streamed-claimed-repeated");
  experiment = plain;
  experiment.data.shuffle = false;
  experiment.debug.slow = SlowOptions{.worker = 1, .factor = 400.0};  // others are epochs ahead
  runs.check(experiment, {3, 4}, "in-order");
}

TEST_CASE("what augmentation makes of a row and epoch is the same however epochs are dealt") {
  Regrouping runs;
  Experiment experiment = runs.experiment(AveragingOptions{.communication_window = 5});
  experiment.data.repeat = 3;
  experiment.data.augment = {GaussianNoise{.stddev = 0.05}};
  runs.train(experiment, 1, runs.file("whole"), "auto");
  runs.check(experiment, {4, 2, 3}, "noise");
  experiment.data.memory_limit = ByteCount{400};
  runs.check(experiment, {3, 4}, "noise-streamed");
  if (runs.world().rank() == 0) {
    const auto expected = Regrouping::changes(runs.file("whole"));
    CHECK(expected.size() == epochs * (rows - 1));
    for (const char* run : {"noise-0", "noise-1", "noise-2", "noise-streamed-1"}) {
      CAPTURE(run);
      const auto found = Regrouping::changes(runs.file(run));
      REQUIRE(found.size() == expected.size());
      double farthest = 0.0;
      for (const auto& [key, numbers] : expected) {
        const auto& others = found.at(key);
        REQUIRE(others.size() == numbers.size());
        CHECK(numbers.back() - numbers.front() > 0.0);  // each pass is an epoch of its own
        for (std::size_t i = 0; i < numbers.size(); ++i) {
          farthest = std::max(farthest, std::abs(numbers[i] - others[i]));
        }
      }
      CHECK(farthest < 1e-4);
    }
  }
  runs.world().barrier();
}

TEST_CASE("augmentation by input changes that input alone, the same for any number of workers") {
  Regrouping runs;
  Experiment experiment = runs.experiment(DownpourOptions{.communication_window = 3});
  const auto head = [](std::string name, std::string input) {
    LayerEntry entry = DenseOptions{.units = 1};
    entry.name = std::move(name);
    entry.inputs = {std::move(input)};
    return entry;
  };
  experiment.data.features.datasets = {"features", "features"};
  experiment.data.augment.by_input = {{"noised", {GaussianNoise{.stddev = 0.05}}}};
  experiment.model.inputs = {{.name = "noised"}, {.name = "kept"}};
  experiment.model.layers = {head("of_noised", "noised"), head("of_kept", "kept")};
  experiment.model.outputs = {{.name = "of_noised"}, {.name = "of_kept"}};
  experiment.debug = {};
  experiment.checkpoint = {};
  runs.train(experiment, 2, runs.file("one"), "never");
  runs.train(experiment, 4, runs.file("three"), "never");
  experiment.data.memory_limit = ByteCount{400};
  experiment.trainer.parallelism_factor = 3;
  runs.train(experiment, 3, runs.file("streamed"), "never");
  if (runs.world().rank() == 0) {
    const auto expected = Regrouping::changes(runs.file("one"), "steps/of_noised_loss");
    CHECK(expected.size() == epochs * (rows - 1));
    for (const char* run : {"one", "three", "streamed"}) {
      CAPTURE(run);
      const auto found = Regrouping::changes(runs.file(run), "steps/of_noised_loss");
      REQUIRE(found.size() == expected.size());
      double farthest = 0.0;
      std::size_t unchanged = 0;  // or by less than a loss of float32 can tell
      for (const auto& [key, numbers] : expected) {
        farthest = std::max(farthest, std::abs(numbers[0] - found.at(key)[0]));
        if (numbers[0] == 0.0) ++unchanged;
      }
      CHECK(farthest < 1e-4);
      CHECK(unchanged < expected.size() / 100);
      for (const auto& [key, numbers] : Regrouping::changes(runs.file(run), "steps/of_kept_loss")) {
        CHECK(std::abs(numbers[0]) < 1e-6);
      }
    }
  }
  runs.world().barrier();
}

TEST_CASE("so it does with every transport, shards, overlap, compression and bounded staleness") {
  Regrouping runs;
  Experiment experiment = runs.experiment(AdagOptions{.communication_window = 3});
  experiment.server.transport = Transport::message;
  experiment.server.shards = 2;
  runs.check(experiment, {4, 3}, "shards");
  experiment.server.shards = 1;
  experiment.server.compression = {.kind = CompressionKind::topk, .topk_fraction = 0.4};
  runs.check(experiment, {3, 4}, "compressed");
  experiment.server = {};
  experiment.server.transport = Transport::rma;
  experiment.trainer.overlap = true;
  runs.check(experiment, {4, 3}, "overlap");
  experiment.trainer.overlap = false;
  experiment.trainer.max_staleness = 2;
  experiment.server = {};
  runs.check(experiment, {4, 2, 3}, "bounded");
}

// Four ranks are two nodes of a worker each, two are one node.
TEST_CASE("so it does in a tree whose workers claim partitions, with the same nodes and others") {
  Regrouping runs;
  Experiment experiment = runs.experiment(DownpourOptions{.communication_window = 3});
  experiment.server.topology = ServerTopology::tree;
  experiment.server.ranks_per_node = 2;
  experiment.relay = RelayOptions{.every = 1.0};
  experiment.trainer.parallelism_factor = 7;
  experiment.debug.slow = SlowOptions{.worker = 0, .factor = 400.0};  // it keeps its claims long
  runs.check(experiment, {4, 4, 2}, "tree-same-other");
  experiment.relay->rule = AsyncLocalSgdOptions{};
  experiment.data.memory_limit = ByteCount{400};
  runs.check(experiment, {4, 2, 4}, "tree-other-back");
}

TEST_CASE("peers go on in another number; replicas stay the same") {
  Regrouping runs;
  const std::vector<std::pair<std::string, StrategyOptions>> rules{
      {"sync_sgd", SyncSgdOptions{}},
      {"easgd", EasgdOptions{.communication_window = 3}},
      {"averaging", AveragingOptions{.communication_window = 5}},
      {"diloco", DilocoOptions{.communication_window = 4}}};
  for (const auto& [name, rule] : rules) {
    Experiment experiment = runs.experiment(rule);
    experiment.optimizer.kind = SgdOptions{.momentum = 0.9};
    runs.check(experiment, {4, 2, 3}, name + "-4-2-3");
  }
}

TEST_CASE("a run that was dealt anew goes on bit for bit with as many workers") {
  Regrouping runs;
  Experiment experiment = runs.experiment(SyncSgdOptions{});
  experiment.optimizer.learning_rate = 1e-7;
  experiment.checkpoint.every = "20 steps";
  const auto& world = runs.world();
  runs.train(experiment, 4, runs.file("whole"), "auto");
  const auto first = test::checkpoints_of(runs.file("whole"));
  world.barrier();
  runs.train(experiment, 2, runs.file("two"), first[first.size() * 2 / 3].string());
  const auto second = test::checkpoints_of(runs.file("two"));
  world.barrier();
  runs.train(experiment, 2, runs.file("again"), second[second.size() - 1].string());
  if (world.rank() == 0) {  // the sums of an epoch's losses depend on the order of reports
    CHECK(formats::load_model(runs.file("two") + "/model.h5", {}).weights ==
          formats::load_model(runs.file("again") + "/model.h5", {}).weights);
    auto rows = test::rows_of(runs.file("two"), "steps", /*sorted=*/true);
    auto others = test::rows_of(runs.file("again"), "steps", /*sorted=*/true);
    rows.erase("steps/time_s");
    others.erase("steps/time_s");
    CHECK(rows == others);
  }
  world.barrier();
}

TEST_CASE("a rule of one's own among peers is refused by its name; 'single' minds no ranks") {
  Regrouping runs;
  const Experiment chorus = runs.experiment(test::chorus(runs.extensions()));
  runs.train(chorus, 4, runs.file("chorus"), "auto");
  const std::string from = runs.file("chorus") + "/checkpoints/latest";
  const mpi::Communicator some = runs.world().split(runs.world().rank() < 2 ? 0 : 1, 0);
  if (runs.world().rank() < 2) {
    CHECK_FAILS(training::train(
                    chorus, {.run_directory = runs.file("other"), .quiet = true, .resume = from},
                    some, runs.extensions()),
                ExitCode::bad_experiment, "go on with 4 ranks");
  }
  runs.world().barrier();
  runs.check(runs.experiment(SingleOptions{}), {3, 1, 2}, "single");
}
