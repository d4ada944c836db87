// SPDX-License-Identifier: Apache-2.0
#include "tusk/training/train.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "temporary_folder.hpp"
#include "tusk/core/random.hpp"
#include "tusk/io/file.hpp"
#include "tusk/io/model_file.hpp"
#include "tusk/mpi/communicator.hpp"

using namespace tusk;

namespace {

constexpr std::size_t rows = 1003;  // a last, smaller batch for every number of workers
constexpr std::size_t features = 6;

// Two classes on either side of a plane, with a margin.
void write_data(const std::string& path) {
  std::vector<float> x(rows * features);
  std::vector<std::int32_t> y(rows);
  Random random(11, Stream::initial_weights);
  for (std::size_t row = 0; row < rows; ++row) {
    float side = 0.0F;
    for (std::size_t i = 0; i < features; ++i) {
      x[row * features + i] = static_cast<float>(random.normal());
      side += x[row * features + i] * (i % 2 == 0 ? 1.0F : -1.0F);
    }
    y[row] = side > 0.0F ? 1 : 0;
  }
  io::File file = io::File::create(path);
  file.create_dataset("features", io::ElementType::f32, {rows, features})
      .write(0, std::span<const float>(x));
  file.create_dataset("label", io::ElementType::i32, {rows})
      .write(0, std::span<const std::int32_t>(y));
  file.close();
}

// Files that all ranks see.
class SharedFolder {
 public:
  explicit SharedFolder(const mpi::Communicator& world) : world_(world) {
    if (world.rank() == 0) {
      folder_.emplace();
      write_data(folder_->file("data.h5"));
    }
    path_ = world.broadcast(folder_ ? folder_->path().string() : "", 0);
  }
  ~SharedFolder() { world_.barrier(); }
  std::string file(const std::string& name) const { return path_ + "/" + name; }

 private:
  const mpi::Communicator& world_;
  std::optional<test::TemporaryFolder> folder_;
  std::string path_;
};

Experiment experiment(const SharedFolder& folder, StrategyOptions strategy) {
  Experiment experiment;
  experiment.name = "test";
  experiment.seed = 3;
  experiment.data.train = folder.file("data.h5");
  experiment.data.test = folder.file("data.h5");
  experiment.data.validation_split = 0.1;
  experiment.model.layers = {DenseOptions{.units = 8, .activation = Activation::tanh},
                             DenseOptions{.units = 2, .activation = Activation::softmax}};
  experiment.model.metrics = {MetricKind::accuracy};
  experiment.optimizer.learning_rate = 0.1;
  experiment.trainer.strategy = strategy;
  experiment.trainer.epochs = 8;
  experiment.trainer.batch_size = 16;
  return experiment;
}

}  // namespace

TEST_CASE("every trainer learns, commits every batch and leaves a complete run directory") {
  const auto world = mpi::Communicator::world();
  const SharedFolder folder(world);
  const std::vector<StrategyOptions> all{SingleOptions{},
                                         DownpourOptions{.communication_window = 4},
                                         AdagOptions{.communication_window = 2}};
  for (std::size_t i = 0; i < all.size(); ++i) {
    const std::string directory = folder.file("run" + std::to_string(i));
    const auto summary = training::train(experiment(folder, all[i]),
                                         {.run_directory = directory, .overwrite = false}, world);
    CHECK(summary.test->metric(0) > 0.9);  // every rank has the test score
    CHECK(summary.test->samples == rows);
    if (world.rank() == 0) {
      CHECK(summary.ledger.samples_committed == 8 * 903);
      CHECK(summary.ledger.batches_trained == summary.ledger.batches_committed);
      CHECK(summary.last_epoch.epoch == 8);
      CHECK(summary.last_epoch.validation->samples == 100);
      const io::File history = io::File::open(directory + "/history.h5");
      CHECK(history.dataset("steps/loss").rows() == summary.ledger.batches_trained);
      CHECK(history.dataset("commits/ticket").rows() == summary.updates);
      for (const char* name : {"experiment.toml", "manifest.json", "model.h5", "summary.json"}) {
        CHECK(std::filesystem::exists(directory + "/" + name));
      }
      std::ifstream metrics(directory + "/metrics.jsonl");
      std::string line;
      int lines = 0;
      while (std::getline(metrics, line)) {
        ++lines;
        CHECK(nlohmann::json::parse(line).at("epoch") == lines);
      }
      CHECK(lines == 8);
    }
    world.barrier();
  }
}

TEST_CASE("one worker, windows of one step, plain SGD: downpour and adag are single bit for bit") {
  const auto world = mpi::Communicator::world();
  const int workers = std::max(world.size() - 1, 1);
  if (workers > 1) return;  // the invariant is about one worker
  const SharedFolder folder(world);
  const std::vector<StrategyOptions> all{SingleOptions{},
                                         DownpourOptions{.communication_window = 1},
                                         AdagOptions{.communication_window = 1}};
  AlignedVector<float> alone;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const std::string directory = folder.file("run" + std::to_string(i));
    training::train(experiment(folder, all[i]), {.run_directory = directory, .overwrite = false},
                    world);
    if (world.rank() == 0) {
      const auto model = io::load_model(directory + "/model.h5");
      if (i == 0) alone = model.weights;
      CHECK(model.weights == alone);
    }
    world.barrier();
  }
}

TEST_CASE("the same seed gives the same single run, another seed another") {
  const auto world = mpi::Communicator::world();
  const SharedFolder folder(world);
  std::vector<AlignedVector<float>> weights;
  for (const std::uint64_t seed : {3, 3, 4}) {
    const std::string directory = folder.file("seed" + std::to_string(weights.size()));
    Experiment once = experiment(folder, SingleOptions{});
    once.seed = seed;
    training::train(once, {.run_directory = directory, .overwrite = false}, world);
    weights.push_back(world.rank() == 0 ? io::load_model(directory + "/model.h5").weights
                                        : AlignedVector<float>{});
    world.barrier();
  }
  if (world.rank() == 0) {
    CHECK(weights[0] == weights[1]);
    CHECK(weights[0] != weights[2]);
  }
}
