// SPDX-License-Identifier: Apache-2.0
// Every way of working together, on 1, 2 and 4 ranks: 903 training rows in batches of 16 give the
// workers shards and batches of different numbers.
#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <limits>
#include <map>
#include <string>
#include <vector>

#include "history_column.hpp"
#include "mpi/collectively.hpp"
#include "run/training/train.hpp"
#include "synthetic.hpp"
#include "use/evaluation/ensemble_model.hpp"
#include "use/evaluation/shared_evaluation.hpp"

using namespace tusk;
using test::DataFolder;
using test::experiment;

namespace {

constexpr std::uint64_t training_rows = 903;

// Samples trained in each epoch, by all workers.
std::map<std::uint32_t, std::uint64_t> samples_by_epoch(const std::string& directory) {
  const auto epochs = test::history_column<std::uint32_t>(directory, "steps/epoch");
  const auto samples = test::history_column<std::uint32_t>(directory, "steps/samples");
  std::map<std::uint32_t, std::uint64_t> sums;
  for (std::size_t i = 0; i < epochs.size(); ++i) sums[epochs[i]] += samples[i];
  return sums;
}

records::Summary train(const Experiment& experiment, const std::string& directory,
                       const mpi::Communicator& world) {
  auto summary = training::train(experiment, {.run_directory = directory}, world, {});
  world.barrier();
  return summary;
}

}  // namespace

TEST_CASE("synchronous rules learn from uneven shards and lose no batch") {
  const auto world = mpi::Communicator::world();
  const DataFolder folder(world);
  const std::vector<StrategyOptions> all{AveragingOptions{},
                                         AveragingOptions{.communication_window = 3},
                                         DilocoOptions{.communication_window = 5},
                                         EasgdOptions{.communication_window = 2}, SyncSgdOptions{}};
  for (std::size_t i = 0; i < all.size(); ++i) {
    CAPTURE(i);
    const std::string directory = folder.file("run" + std::to_string(i));
    const auto summary = train(experiment(folder, all[i]), directory, world);
    CHECK(summary.test->metric(0) > 0.9);
    CHECK(summary.workers == static_cast<std::size_t>(world.size()));
    if (world.rank() == 0) {
      CHECK(summary.ledger.samples_committed == 8 * training_rows);
      CHECK(summary.ledger.batches_committed == summary.ledger.batches_trained);
      CHECK(summary.epochs == 8);
      CHECK(samples_by_epoch(directory).at(8) == training_rows);
    }
  }
}

TEST_CASE("rules that move the center by a mean of changes learn over every transport") {
  const auto world = mpi::Communicator::world();
  const DataFolder folder(world);
  for (const Transport transport : {Transport::shared, Transport::rma, Transport::message}) {
    CAPTURE(name_of(transport));
    for (const StrategyOptions& rule :
         {StrategyOptions(AsyncLocalSgdOptions{.communication_window = 3}),
          StrategyOptions(DelayedNesterovOptions{.communication_window = 3})}) {
      CAPTURE(name_of_rule(rule));
      Experiment options = experiment(folder, rule);
      options.server.transport = transport;
      const std::string directory =
          folder.file(name_of_rule(rule) + std::string(name_of(transport)));
      const auto summary = train(options, directory, world);
      CHECK(summary.test->metric(0) > 0.9);
      if (world.rank() == 0) {
        CHECK(summary.ledger.samples_committed == 8 * training_rows);
        CHECK(summary.ledger.batches_committed == summary.ledger.batches_trained);
      }
      world.barrier();
    }
  }
}

TEST_CASE("delayed_nesterov commits what is compressed, and its momentum moves by that") {
  const auto world = mpi::Communicator::world();
  if (world.size() == 1) return;
  const DataFolder folder(world);
  Experiment options = experiment(folder, DelayedNesterovOptions{.communication_window = 3});
  options.server.compression.kind = CompressionKind::bf16;
  CHECK(train(options, folder.file("compressed"), world).test->metric(0) > 0.9);
}

TEST_CASE("without atomicity (hogwild) and with fresh optimizers a center still learns") {
  const auto world = mpi::Communicator::world();
  const DataFolder folder(world);
  Experiment racing = experiment(folder, HogwildOptions{.communication_window = 2});
  const auto first = train(racing, folder.file("racing"), world);
  CHECK(first.test->metric(0) > 0.9);
  Experiment fresh = experiment(folder, DownpourOptions{.communication_window = 4});
  fresh.optimizer.kind = SgdOptions{.momentum = 0.5};
  fresh.trainer.keep_optimizer_state = false;
  CHECK(train(fresh, folder.file("fresh"), world).test->metric(0) > 0.9);
}

TEST_CASE("max_staleness bounds the staleness of every commit, with a slow worker, too") {
  const auto world = mpi::Communicator::world();
  const DataFolder folder(world);
  const auto workers = static_cast<std::uint64_t>(std::max(world.size() - 1, 1));
  const std::vector<StrategyOptions> rules{DownpourOptions{.communication_window = 2},
                                           AeasgdOptions{.communication_window = 2}};
  for (std::size_t run = 0; run < 2 * rules.size(); ++run) {
    CAPTURE(run);
    const std::size_t s = run % 2;
    const bool elastic = run / 2 == 1;
    Experiment bounded = experiment(folder, rules[run / 2]);
    bounded.trainer.max_staleness = s;
    bounded.trainer.epochs = 2;
    bounded.debug.slow = SlowOptions{.worker = workers - 1, .factor = 20.0};
    const std::string directory = folder.file("bounded" + std::to_string(run));
    const auto summary = train(bounded, directory, world);
    if (world.rank() == 0) {
      CHECK(summary.staleness.max <= (workers - 1) * (2 * s + (elastic ? 3 : 1)));
      CHECK(summary.ledger.samples_committed == 2 * training_rows);
      // Completed windows differ by at most s + 1 while all train: in the order of the tickets, the
      // counts of commits do (of an elastic rule by one more with the exchange that ends a worker's
      // training).
      auto order = test::history_column<std::uint64_t>(directory, "commits/ticket");
      const auto by = test::history_column<std::uint32_t>(directory, "commits/worker");
      std::vector<std::uint32_t> worker_of(order.size());
      for (std::size_t i = 0; i < order.size(); ++i) worker_of[order[i]] = by[i];
      std::vector<std::uint64_t> total(workers);
      for (const std::uint32_t worker : worker_of) ++total[worker];
      std::vector<std::uint64_t> done(workers);
      for (const std::uint32_t worker : worker_of) {
        ++done[worker];
        for (std::size_t other = 0; other < workers; ++other) {
          if (done[other] < total[other]) {
            CHECK(done[worker] <= done[other] + s + (elastic ? 2 : 1));
          }
        }
      }
    }
  }
}

TEST_CASE("claimed partitions: every sample once an epoch, whoever trains it") {
  const auto world = mpi::Communicator::world();
  const DataFolder folder(world);
  Experiment claiming = experiment(folder, DownpourOptions{.communication_window = 2});
  claiming.trainer.parallelism_factor = 5;
  claiming.trainer.epochs = 4;
  const std::string directory = folder.file("claiming");
  const auto summary = train(claiming, directory, world);
  if (world.rank() == 0) {
    const auto sums = samples_by_epoch(directory);
    CHECK(sums.size() == 4);
    for (const auto& [epoch, samples] : sums) CHECK(samples == training_rows);
    CHECK(summary.ledger.samples_committed == 4 * training_rows);
  }
}

TEST_CASE("a target stops every topology early, with a balanced ledger") {
  const auto world = mpi::Communicator::world();
  const DataFolder folder(world);
  const std::vector<StrategyOptions> all{
      SingleOptions{}, DownpourOptions{.communication_window = 4}, AveragingOptions{},
      SyncSgdOptions{}, AeasgdOptions{.communication_window = 2}};
  for (std::size_t i = 0; i < all.size(); ++i) {
    CAPTURE(i);
    Experiment stopping = experiment(folder, all[i]);
    stopping.trainer.epochs = 400;
    stopping.callbacks.target_metric = TargetOptions{.monitor = "val_accuracy", .value = 0.85};
    const auto summary = train(stopping, folder.file("target" + std::to_string(i)), world);
    if (world.rank() == 0) {
      CHECK(summary.epochs < 400);
      CHECK(summary.stop_reason.find("val_accuracy") != std::string::npos);
      CHECK(summary.ledger.batches_committed == summary.ledger.batches_trained);
      CHECK(summary.ledger.samples_committed == summary.ledger.samples_trained);
    }
  }
}

TEST_CASE("mistake 3: an ensemble has as many members as asked for, and they differ") {
  const auto world = mpi::Communicator::world();
  const DataFolder folder(world);
  for (const EnsembleData data :
       {EnsembleData::whole, EnsembleData::bootstrap, EnsembleData::shard}) {
    Experiment ensemble = experiment(folder, EnsembleOptions{.members = 3, .data = data});
    const std::string directory = folder.file("ensemble" + std::to_string(static_cast<int>(data)));
    const auto summary = train(ensemble, directory, world);
    CHECK(summary.test->samples == test::rows);
    CHECK(summary.test->metric(0) > 0.9);
    if (world.rank() == 0) {
      CHECK(summary.ledger.samples_trained ==
            8 * training_rows * (data == EnsembleData::shard ? 1 : 3));
      const auto members =
          evaluation::load_ensemble(directory + "/ensemble.json", std::nullopt, {});
      CHECK(members.size() == 3);
      CHECK(members[0].weights != members[1].weights);
      CHECK(members[1].weights != members[2].weights);
    }
    const auto members =
        evaluation::load_ensemble(directory + "/ensemble.json", evaluation::Scoring{}, {});
    const auto dataset = datasets::Dataset::open(folder.file("data.h5"), {"features", "label"});
    const auto vote = evaluation::evaluate_together(world, evaluation::views_of(members),
                                                    evaluation::Combine::vote, dataset);
    CHECK(vote.metric(0) > 0.9);
    world.barrier();
  }
}

TEST_CASE("an ensemble that cannot be trained leaves nothing behind") {
  const auto world = mpi::Communicator::world();
  const DataFolder folder(world);
  if (world.rank() == 0) {
    hdf5::File file = hdf5::File::create(folder.file("nan.h5"));
    const std::vector<float> x(10, std::numeric_limits<float>::quiet_NaN());
    file.create_dataset("features", ElementType::f32, {10, 1}).write(0, std::span(x));
    file.create_dataset("label", ElementType::i32, {10})
        .write(0, std::span<const std::int32_t>(std::vector<std::int32_t>(10)));
    file.close();
  }
  world.barrier();
  Experiment unknown = experiment(folder, EnsembleOptions{.members = 3});
  unknown.callbacks.early_stopping = EarlyStoppingOptions{.monitor = "val_f1"};
  Experiment nan = experiment(folder, EnsembleOptions{.members = 3});
  nan.data.train = folder.file("nan.h5");
  nan.data.test.reset();
  Experiment shards =
      experiment(folder, EnsembleOptions{.members = 904, .data = EnsembleData::shard});
  const std::string directory = folder.file("run");
  for (const Experiment& wrong : {unknown, nan, shards}) {
    CHECK_THROWS_AS(train(wrong, directory, world), mpi::CollectiveError);
    CHECK_FALSE(std::filesystem::exists(directory));
  }
}

TEST_CASE("an ensemble overwritten by a smaller one keeps no members, and says who stopped early") {
  const auto world = mpi::Communicator::world();
  const DataFolder folder(world);
  const std::string directory = folder.file("run");
  train(experiment(folder, EnsembleOptions{.members = 3}), directory, world);
  Experiment smaller = experiment(folder, EnsembleOptions{.members = 2});
  smaller.callbacks.target_metric = TargetOptions{.monitor = "val_accuracy", .value = 0.5};
  const auto summary =
      training::train(smaller, {.run_directory = directory, .overwrite = true}, world, {});
  if (world.rank() == 0) {
    CHECK(std::filesystem::exists(directory + "/members/01/model.h5"));
    CHECK_FALSE(std::filesystem::exists(directory + "/members/02"));
    CHECK(summary.epochs < 8);
    CHECK(summary.stop_reason ==
          "member 00: val_accuracy reached 0.5; member 01: val_accuracy reached 0.5");
  }
  world.barrier();
}

TEST_CASE("a new learning rate reaches every worker: the model stands still at 0") {
  const auto world = mpi::Communicator::world();
  const DataFolder folder(world);
  for (const StrategyOptions& strategy :
       {StrategyOptions(DownpourOptions{.communication_window = 1}),
        StrategyOptions(SyncSgdOptions{})}) {
    Experiment reducing = experiment(folder, strategy);
    reducing.trainer.epochs = 3000;  // an asynchronous run is some epochs ahead of its orders
    reducing.callbacks.reduce_lr_on_plateau = ReduceLearningRateOptions{
        .monitor = "val_loss", .factor = 0.0, .patience = 0, .min_delta = 10.0};
    reducing.callbacks.early_stopping =
        EarlyStoppingOptions{.monitor = "val_loss", .patience = 25, .restore_best_weights = true};
    const std::string directory = folder.file("reduce" + std::to_string(strategy.index()));
    const auto summary = train(reducing, directory, world);
    if (world.rank() == 0) {
      CHECK(summary.epochs < 3000);  // no improvement is possible any more
      CHECK(summary.last_epoch.epoch < summary.epochs);
    }
  }
}
