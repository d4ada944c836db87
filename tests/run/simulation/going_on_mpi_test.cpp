// SPDX-License-Identifier: Apache-2.0
#include "run/training/going_on.hpp"

#include "mpi/communicator.hpp"
#include "run/checkpoint/origin.hpp"
#include "run/simulation/simulate.hpp"
#include "run/training/synthetic.hpp"
#include "run/training/tree_rules.hpp"

using namespace tusk;
namespace fs = std::filesystem;

namespace {

class GoingOn {
 public:
  static constexpr std::size_t workers = 4;

  explicit GoingOn(const records::RunTimes* like = nullptr) : like_(like) {}

  // The run with many checkpoints, against those that go on from some of them, and from theirs.
  void check(const Experiment& experiment, const std::string& what) {
    CAPTURE(what);
    const std::string whole = folder_.file(what);
    train(experiment, whole, "auto", 2);
    const std::vector<fs::path> checkpoints = test::checkpoints_of(whole);
    REQUIRE(checkpoints.size() >= 3);
    for (const std::size_t which :
         {std::size_t{0}, checkpoints.size() / 2, checkpoints.size() - 1}) {
      const std::string again = folder_.file(what + "-from-" + std::to_string(which));
      train(experiment, again, checkpoints[which].string(), 1);
      test::check_same_runs(whole, again, /*simulated=*/true);
      if (which == 0) continue;
      const std::vector<fs::path> later = test::checkpoints_of(again);
      REQUIRE(!later.empty());
      const std::string third = again + "-twice";
      train(experiment, third, later[later.size() / 2].string(), 2);
      test::check_same_runs(whole, third, /*simulated=*/true);
    }
  }

  Experiment experiment(StrategyOptions strategy, const std::string& every = "500 steps") const {
    Experiment experiment = test::experiment(folder_, std::move(strategy));
    experiment.trainer.epochs = 40;
    experiment.simulate.step_time = TimeDistribution(LognormalTime{.mean = 0.01, .sigma = 0.4});
    experiment.checkpoint = {.every = every, .keep = 1000};
    return experiment;
  }

  // Two nodes of two workers.
  Experiment tree(StrategyOptions strategy, StrategyOptions relay) const {
    Experiment once = experiment(std::move(strategy), "0.4s");
    once.trainer.epochs = 20;
    once.server.topology = ServerTopology::tree;
    once.server.ranks_per_node = workers / 2 + 1;
    once.relay = RelayOptions{.rule = std::move(relay), .every = 3.0};
    return once;
  }

 private:
  void train(const Experiment& experiment, const std::string& directory, const std::string& resume,
             std::size_t threads) {
    auto origin = checkpoint::find_origin(
        {.run_directory = directory, .resume = resume, .virtual_workers = workers}, experiment,
        world_, {});
    const auto assembly = training::assemble_simulation(experiment, workers, world_, {});
    simulation::train(assembly, {.run_directory = directory, .quiet = true}, threads, world_, like_,
                      std::move(origin));
  }

  const records::RunTimes* like_;
  mpi::Communicator world_ = mpi::Communicator::world();
  test::DataFolder folder_{world_};
};

}  // namespace

TEST_CASE("a simulation goes on bit for bit, times included, with every rule") {
  GoingOn going_on;
  const std::vector<std::pair<std::string, StrategyOptions>> rules{
      {"downpour", DownpourOptions{.communication_window = 3}},
      {"adag", AdagOptions{.communication_window = 4}},
      {"dynsgd", DynsgdOptions{.communication_window = 3}},
      {"experimental", ExperimentalOptions{.communication_window = 3}},
      {"hogwild", HogwildOptions{.communication_window = 2}},
      {"async_local_sgd", AsyncLocalSgdOptions{.communication_window = 3}},
      {"delayed_nesterov", DelayedNesterovOptions{.communication_window = 3, .delay = 7}},
      {"gem", GemOptions{.communication_window = 4}},
      {"aeasgd", AeasgdOptions{.communication_window = 4}},
      {"easgd", EasgdOptions{.communication_window = 4}},
      {"averaging", AveragingOptions{.communication_window = 5}},
      {"diloco", DilocoOptions{.communication_window = 5}},
      {"sync_sgd", SyncSgdOptions{}}};
  for (const auto& [name, rule] : rules) going_on.check(going_on.experiment(rule), name);
}

TEST_CASE("a simulation goes on with momentum that looks ahead, by the virtual clock") {
  GoingOn going_on;
  Experiment experiment = going_on.experiment(EamsgdOptions{.communication_window = 4}, "1.7s");
  experiment.optimizer.kind = SgdOptions{.momentum = 0.9, .nesterov = true};
  experiment.optimizer.learning_rate = 0.01;
  going_on.check(experiment, "eamsgd");
}

TEST_CASE("a simulation goes on with bounded staleness, a slow worker, claims and shards") {
  GoingOn going_on;
  Experiment experiment = going_on.experiment(DownpourOptions{.communication_window = 3});
  experiment.debug.slow = SlowOptions{.worker = 1, .factor = 5.0};
  experiment.trainer.max_staleness = 2;
  going_on.check(experiment, "bounded");
  experiment.trainer.max_staleness.reset();
  going_on.check(experiment, "slow");  // one worker is left when the others have finished
  experiment.trainer.parallelism_factor = 3;
  going_on.check(experiment, "claims");
  experiment.server.shards = 3;
  experiment.data.augment = {GaussianNoise{.stddev = 0.1}, Mixup{}};
  going_on.check(experiment, "shards");
}

TEST_CASE("a simulation of delayed_nesterov goes on over shards, with a bound and a slow worker") {
  GoingOn going_on;
  Experiment experiment =
      going_on.experiment(DelayedNesterovOptions{.communication_window = 3, .delay = 7});
  experiment.server.shards = 2;
  going_on.check(experiment, "momentum-shards");
  experiment.debug.slow = SlowOptions{.worker = 1, .factor = 5.0};
  experiment.trainer.max_staleness = 2;
  going_on.check(experiment, "momentum-bounded");
}

TEST_CASE("a simulation of dynsgd goes on after some workers have ended, over shards") {
  GoingOn going_on;
  Experiment experiment = going_on.experiment(DynsgdOptions{.communication_window = 3});
  experiment.debug.slow = SlowOptions{.worker = 1, .factor = 5.0};
  experiment.server.shards = 2;
  going_on.check(experiment, "absent");
}

TEST_CASE("a simulated tree goes on bit for bit, with relays of every rule") {
  GoingOn going_on;
  for (std::size_t i = 0; i < test::rules_of_relays.size(); ++i) {
    const StrategyOptions& rule = test::rules_of_relays[i];
    going_on.check(going_on.tree(test::rules_of_nodes[i], rule), "tree-" + name_of_rule(rule));
  }
}

TEST_CASE(
    "a simulated tree goes on with a bound, a slow node, a memory, parts of merges, seconds") {
  GoingOn going_on;
  for (const std::size_t rule : {0, 3}) {
    const std::string name = "tree-of-" + std::to_string(rule);
    const Experiment plain = going_on.tree(test::rules_of_nodes[rule], test::rules_of_relays[rule]);
    Experiment experiment = plain;
    experiment.trainer.max_staleness = 1;
    experiment.simulate.worker_factor = std::vector{4.0, 4.0, 1.0, 1.0};
    experiment.relay->every = 100.0;
    going_on.check(experiment, name + "-bounded");
    experiment.trainer.max_staleness.reset();
    going_on.check(experiment, name + "-slow");  // one node has ended before the other
    experiment = plain;
    experiment.relay->merge = 0.25;
    experiment.relay->every = "0.07s";
    experiment.simulate.memory_bandwidth = 2e4;
    going_on.check(experiment, name + "-memory");
  }
  Experiment normal = going_on.tree(test::rules_of_nodes[0], test::rules_of_relays[0]);
  normal.model.layers = {DenseOptions{.units = 8}, BatchNormalizationOptions{.momentum = 0.8},
                         DenseOptions{.units = 2, .activation = Activation::softmax}};
  normal.trainer.parallelism_factor = 3;
  going_on.check(normal, "tree-normal-claims");
}

TEST_CASE("a simulation goes on with the times of a run") {
  const records::RunTimes times{{.steps_s = {0.01, 0.02, 0.013}, .exchanges_s = {0.001, 0.004}},
                                {.steps_s = {0.03, 0.012}, .exchanges_s = {0.002, 0.003}}};
  GoingOn going_on(&times);
  going_on.check(going_on.experiment(AdagOptions{.communication_window = 4}), "like");
}
