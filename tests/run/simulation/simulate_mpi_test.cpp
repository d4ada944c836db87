// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "check_fails.hpp"
#include "net/formats/model_file.hpp"
#include "run/simulation/simulate.hpp"
#include "run/training/history_column.hpp"
#include "run/training/synthetic.hpp"
#include "run/training/train.hpp"

using namespace tusk;
using test::DataFolder;

// Training needs a communicator, if only one of one rank.
namespace {

struct Run {
  records::Summary summary;
  AlignedVector<float> weights;
  std::vector<std::int64_t> committers;  // the worker of every commit, as the history has them
  std::vector<std::uint64_t> divisors;   // what each was divided by
};

class Simulations {
 public:
  Run train(const Experiment& experiment) {
    const std::string directory = folder_.file("run" + std::to_string(++runs_));
    return read(directory, training::train(experiment, {.run_directory = directory, .quiet = true},
                                           world_, {}));
  }
  Run simulate(const Experiment& experiment, std::size_t workers, std::size_t threads = 2) {
    const std::string directory = folder_.file("run" + std::to_string(++runs_));
    const auto assembly = training::assemble_simulation(experiment, workers, world_, {});
    return read(directory, simulation::train(assembly, {.run_directory = directory, .quiet = true},
                                             threads, world_));
  }
  static Run read(const std::string& directory, records::Summary summary) {
    Run run{.summary = std::move(summary)};
    run.weights = formats::load_model(directory + "/model.h5", {}).weights;
    for (const auto worker : test::history_column<std::uint32_t>(directory, "commits/worker")) {
      run.committers.push_back(worker);
    }
    run.divisors = test::history_column<std::uint64_t>(directory, "commits/divisor");
    return run;
  }
  Experiment experiment(StrategyOptions strategy) const {
    Experiment once = test::experiment(folder_, strategy);
    once.trainer.epochs = 2;
    once.simulate.step_time = TimeDistribution(LognormalTime{.mean = 0.01, .sigma = 0.4});
    return once;
  }

 private:
  mpi::Communicator world_ = mpi::Communicator::world();
  DataFolder folder_{world_};
  int runs_ = 0;
};

const std::vector<StrategyOptions> all{DownpourOptions{.communication_window = 3},
                                       AdagOptions{.communication_window = 4},
                                       DynsgdOptions{.communication_window = 3},
                                       ExperimentalOptions{.communication_window = 3},
                                       AeasgdOptions{.communication_window = 4},
                                       EasgdOptions{.communication_window = 4},
                                       AveragingOptions{.communication_window = 5},
                                       SyncSgdOptions{},
                                       AsyncLocalSgdOptions{.communication_window = 3},
                                       DelayedNesterovOptions{.communication_window = 3},
                                       DilocoOptions{.communication_window = 5}};

}  // namespace

TEST_CASE("one virtual worker is one real worker, bit for bit") {
  Simulations simulations;
  for (const StrategyOptions& strategy : all) {
    const auto experiment = simulations.experiment(strategy);
    const auto real = simulations.train(experiment);
    const auto simulated = simulations.simulate(experiment, 1);
    CHECK(simulated.weights == real.weights);
    CHECK(simulated.summary.updates == real.summary.updates);
    CHECK(simulated.summary.last_epoch.validation->loss() ==
          real.summary.last_epoch.validation->loss());
  }
}

TEST_CASE("a simulation repeats bit for bit, on any number of threads, and learns") {
  Simulations simulations;
  for (const StrategyOptions& strategy : all) {
    const auto experiment = simulations.experiment(strategy);
    const auto first = simulations.simulate(experiment, 5, 1);
    CHECK(first.summary.ledger.samples_committed == 2 * 903);
    for (const std::size_t threads : {1, 2, 5}) {
      const auto again = simulations.simulate(experiment, 5, threads);
      CHECK(again.weights == first.weights);
      CHECK(again.committers == first.committers);
      CHECK(again.summary.elapsed_s == first.summary.elapsed_s);
      CHECK(again.summary.test->loss() == first.summary.test->loss());
    }
    CHECK(first.summary.test->loss() < 0.69);
  }
}

TEST_CASE("projected times and staleness are those of the whole simulation") {
  Simulations simulations;
  for (const StrategyOptions& strategy : all) {
    const auto experiment = simulations.experiment(strategy);
    const auto whole = simulations.simulate(experiment, 4);
    const auto projected = simulation::project_times(experiment, whole.weights.size(), 903, 4);
    CHECK(projected.elapsed_s == whole.summary.elapsed_s);
    CHECK(projected.staleness.sum == whole.summary.staleness.sum);
    CHECK(projected.staleness.max == whole.summary.staleness.max);
  }
}

TEST_CASE("so they are of 64 workers, with all that there is around them") {
  Simulations simulations;
  const Experiment plain = simulations.experiment(AdagOptions{.communication_window = 3});
  std::vector<Experiment> all_kinds(7, plain);
  all_kinds[1].trainer.overlap = true;
  all_kinds[2].trainer.max_staleness = 1;
  all_kinds[3].trainer.parallelism_factor = 3;
  all_kinds[4].simulate.stagger = true;
  all_kinds[4].simulate.worker_factor = TimeDistribution(LognormalTime{.mean = 1.0, .sigma = 0.2});
  all_kinds[5].simulate.memory_bandwidth = 1e5;
  all_kinds[5].simulate.exchanges_at_once = 5;
  all_kinds[6].server.topology = ServerTopology::tree;
  all_kinds[6].server.ranks_per_node = 17;
  all_kinds[6].simulate.memory_bandwidth = 1e5;
  for (const Experiment& experiment : all_kinds) {
    const auto whole = simulations.simulate(experiment, 64);
    const auto projected = simulation::project_times(experiment, whole.weights.size(), 903, 64);
    CHECK(projected.elapsed_s == whole.summary.elapsed_s);
    CHECK(projected.samples == whole.summary.ledger.samples_trained);
    CHECK(projected.staleness.counts == whole.summary.staleness.counts);
  }
}

TEST_CASE("streamed and repeated rows are simulated like others, partitions too") {
  Simulations simulations;
  auto experiment = simulations.experiment(all[0]);
  experiment.data.repeat = 2;
  experiment.data.memory_limit = ByteCount{16'384};  // half of what the rows take
  const auto real = simulations.train(experiment);
  CHECK(simulations.simulate(experiment, 1).weights == real.weights);
  for (const std::size_t factor : {1, 3}) {
    experiment.trainer.parallelism_factor = factor;
    const auto first = simulations.simulate(experiment, 4, 1);
    const auto again = simulations.simulate(experiment, 4, 3);
    CHECK(again.weights == first.weights);
    CHECK(again.committers == first.committers);
    CHECK(first.summary.ledger.samples_committed == 2 * 2 * 903);
    const auto projected = simulation::project_times(experiment, first.weights.size(), 903, 4);
    CHECK(projected.elapsed_s == first.summary.elapsed_s);
    CHECK(projected.samples == 2 * 2 * 903);
  }
}

TEST_CASE(
    "dynsgd's last worker at work commits an n-th of its change, by the paper's letter all of it") {
  Simulations simulations;
  auto experiment = simulations.experiment(DynsgdOptions{.communication_window = 3});
  experiment.simulate.step_time = std::vector{0.01, 0.01, 0.01, 0.05};
  for (const bool count_absent : {true, false}) {
    std::get<DynsgdOptions>(experiment.trainer.strategy).count_absent = count_absent;
    const Run run = simulations.simulate(experiment, 4);
    REQUIRE(run.divisors.size() > 20);
    CHECK(run.committers.back() == 3);
    CHECK(run.divisors.front() == (count_absent ? 4 : 1));
    CHECK(run.divisors.back() == (count_absent ? 4 : 1));
  }
}

TEST_CASE("another seed is another simulation") {
  Simulations simulations;
  auto experiment = simulations.experiment(all[0]);
  const auto first = simulations.simulate(experiment, 3);
  experiment.seed = 99;
  const auto other = simulations.simulate(experiment, 3);
  CHECK(other.weights != first.weights);
  CHECK(other.summary.elapsed_s != first.summary.elapsed_s);
}

TEST_CASE("claimed partitions and bounded staleness repeat bit for bit, too") {
  Simulations simulations;
  auto experiment = simulations.experiment(all[0]);
  experiment.debug.slow = SlowOptions{.worker = 1, .factor = 6.0};
  experiment.trainer.max_staleness = 2;
  experiment.trainer.parallelism_factor = 3;
  const auto first = simulations.simulate(experiment, 4, 1);
  const auto again = simulations.simulate(experiment, 4, 3);
  CHECK(again.weights == first.weights);
  CHECK(again.committers == first.committers);
  CHECK(first.summary.ledger.samples_committed == 2 * 903);
  CHECK(first.summary.staleness.max <= 3 * 5);
}

TEST_CASE("a virtual worker that diverges ends the simulation with its error") {
  Simulations simulations;
  for (const StrategyOptions& strategy : {all[0], all[4], all[7]}) {
    auto experiment = simulations.experiment(strategy);
    experiment.optimizer.learning_rate = 1e30;
    experiment.model.loss = LossKind::mse;
    experiment.model.layers = {DenseOptions{.units = 1}};
    experiment.model.metrics = {};
    CHECK_FAILS(simulations.simulate(experiment, 4), ExitCode::diverged, "worker ");
  }
}

TEST_CASE("one worker trains the same with a center in shards, to the last bit") {
  Simulations run;
  for (const StrategyOptions& rule : {StrategyOptions(DownpourOptions{.communication_window = 3}),
                                      StrategyOptions(AeasgdOptions{.communication_window = 4})}) {
    Experiment once = run.experiment(rule);
    const Run whole = run.simulate(once, 1);
    once.server.shards = 3;
    const Run in_shards = run.simulate(once, 1);
    CHECK(in_shards.weights == whole.weights);
    CHECK(in_shards.summary.updates == whole.summary.updates);
  }
}

TEST_CASE("more virtual workers than samples are refused") {
  Simulations simulations;
  CHECK_FAILS(simulations.simulate(simulations.experiment(all[0]), 904), ExitCode::bad_data,
              "904 workers");
}
