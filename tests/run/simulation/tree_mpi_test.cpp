// SPDX-License-Identifier: Apache-2.0
// Trees of centers on the virtual machine.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "check_fails.hpp"
#include "net/formats/model_file.hpp"
#include "run/simulation/simulate.hpp"
#include "run/training/history_column.hpp"
#include "run/training/node_sums.hpp"
#include "run/training/synthetic.hpp"
#include "run/training/tree_rules.hpp"

using namespace tusk;
using test::rules_of_nodes;
using test::rules_of_relays;

namespace {

struct Grown {
  records::Summary summary;
  AlignedVector<float> weights;
  std::string directory;
};

class Trees {
 public:
  Grown simulate(const Experiment& experiment, std::size_t workers, std::size_t threads = 2) {
    const std::string directory = folder_.file("tree" + std::to_string(++runs_));
    simulation::check_workers(experiment, workers);
    const auto assembly = training::assemble_simulation(experiment, workers, world_, {});
    auto summary =
        simulation::train(assembly, {.run_directory = directory, .quiet = true}, threads, world_);
    return {std::move(summary), formats::load_model(directory + "/model.h5", {}).weights,
            directory};
  }

  // With a trainer; no tree yet.
  Experiment experiment(StrategyOptions strategy, std::size_t epochs = 2) const {
    Experiment once = test::experiment(folder_, std::move(strategy));
    once.trainer.epochs = epochs;
    once.checkpoint.every = "never";
    once.simulate.step_time = TimeDistribution(LognormalTime{.mean = 0.01, .sigma = 0.4});
    return once;
  }

  Experiment tree(StrategyOptions strategy, StrategyOptions relay, std::size_t workers_per_node,
                  double every = 5.0) const {
    Experiment once = experiment(std::move(strategy));
    once.server.topology = ServerTopology::tree;
    once.server.ranks_per_node = workers_per_node + 1;
    once.relay = RelayOptions{.rule = std::move(relay), .every = every};
    return once;
  }

 private:
  mpi::Communicator world_ = mpi::Communicator::world();
  test::DataFolder folder_{world_};
  int runs_ = 0;
};

double difference(const AlignedVector<float>& a, const AlignedVector<float>& b) {
  REQUIRE(a.size() == b.size());
  double largest = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    largest = std::max(largest, static_cast<double>(std::abs(a[i] - b[i])));
  }
  return largest;
}

}  // namespace

TEST_CASE("tree: one group has the bits of a flat center, with a memory or a server") {
  Trees trees;
  for (const StrategyOptions& rule : rules_of_nodes) {
    CAPTURE(name_of_rule(rule));
    Experiment flat = trees.experiment(rule);
    for (const bool shares_memory : {false, true}) {
      if (shares_memory) flat.simulate.memory_bandwidth = 1e5;
      Experiment tree = flat;
      tree.server.topology = ServerTopology::tree;
      tree.server.ranks_per_node = 9;
      const Grown expected = trees.simulate(flat, 5);
      const Grown grown = trees.simulate(tree, 5);
      CHECK(grown.weights == expected.weights);
      CHECK(grown.summary.elapsed_s == expected.summary.elapsed_s);
      CHECK(grown.summary.staleness.sum == expected.summary.staleness.sum);
    }
  }
}

TEST_CASE("tree: nodes of one worker with downpour have what the relays' rule has with overlap") {
  Trees trees;
  Experiment flat = trees.experiment(DownpourOptions{.communication_window = 3});
  flat.simulate.latency = 1e-9;
  flat.simulate.bandwidth = 1e15;
  Experiment tree = flat;
  flat.trainer.overlap = true;
  tree.server.topology = ServerTopology::tree;
  tree.server.ranks_per_node = 2;
  tree.relay = RelayOptions{.rule = DownpourOptions{}, .every = 1.0};
  for (const std::size_t workers : {2, 5}) {
    const Grown expected = trees.simulate(flat, workers);
    const Grown grown = trees.simulate(tree, workers);
    CHECK(difference(grown.weights, expected.weights) < 1e-6);
    flat.trainer.overlap = false;
    CHECK(difference(grown.weights, trees.simulate(flat, workers).weights) > 1e-4);
    flat.trainer.overlap = true;
  }
}

TEST_CASE("tree: with every pair of rules all is trained once, repeats to the bit, and learns") {
  Trees trees;
  for (std::size_t i = 0; i < rules_of_nodes.size(); ++i) {
    for (std::size_t k = 0; k < rules_of_relays.size(); ++k) {
      if ((i + k) % 2 == 1) continue;  // each rule with half of the others
      CAPTURE(name_of_rule(rules_of_nodes[i]));
      CAPTURE(name_of_rule(rules_of_relays[k]));
      const Experiment tree = trees.tree(rules_of_nodes[i], rules_of_relays[k], 2, 1.0 + (i % 3));
      const Grown first = trees.simulate(tree, 5, 1);
      const Grown again = trees.simulate(tree, 5, 3);
      CHECK(again.weights == first.weights);
      CHECK(again.summary.elapsed_s == first.summary.elapsed_s);
      CHECK(first.summary.ledger.samples_committed == 2 * 903);
      CHECK(first.summary.epochs == 2);
      CHECK(first.summary.test->loss() < 0.69);
      test::check_sums(first.directory, 903);
    }
  }
}

TEST_CASE("tree: a quarter of what an exchange brings at once, and nothing is lost") {
  Trees trees;
  for (const StrategyOptions& rule : {rules_of_relays[0], rules_of_relays[3], rules_of_relays[4]}) {
    Experiment tree = trees.tree(rules_of_nodes[0], rule, 2);
    tree.relay->merge = 0.25;
    const Grown grown = trees.simulate(tree, 6);
    CHECK(grown.summary.ledger.samples_committed == 2 * 903);
    CHECK(grown.summary.test->loss() < 0.69);
    tree.relay->merge = 1.0;
    CHECK(trees.simulate(tree, 6).weights != grown.weights);
  }
}

TEST_CASE("tree: it ends with a slow node, claims, a bound, seconds, and nodes of all sizes") {
  Trees trees;
  Experiment tree = trees.tree(rules_of_nodes[0], rules_of_relays[0], 2, 2.0);
  tree.simulate.worker_factor = std::vector{8.0, 8.0, 1.0, 1.0, 1.0};
  const auto trains_all = [&] {
    for (const StrategyOptions& rule : {rules_of_relays[0], rules_of_relays[3]}) {
      tree.relay->rule = rule;
      const Grown grown = trees.simulate(tree, 5);
      CHECK(grown.summary.ledger.samples_committed == 2 * 903);
      CHECK(grown.summary.epochs == 2);
    }
  };
  trains_all();
  tree.trainer.parallelism_factor = 3;
  trains_all();
  tree.trainer.parallelism_factor = 1;
  for (const std::size_t bound : {0, 2}) {
    tree.trainer.max_staleness = bound;
    tree.relay->every = 100.0;  // far more than a worker has windows
    trains_all();
  }
  tree.relay->every = "0.05s";
  trains_all();
  tree.simulate.memory_bandwidth = 1e5;
  tree.simulate.network_latency = 0.2;  // slower than the meetings are to be
  trains_all();
}

TEST_CASE("tree: the history has every exchange of the relays, in order, up to the last commit") {
  Trees trees;
  for (const StrategyOptions& rule : {rules_of_relays[0], rules_of_relays[3]}) {
    const Grown grown = trees.simulate(trees.tree(rules_of_nodes[0], rule, 2, 2.0), 4);
    const auto column = [&]<typename T>(T, const char* name) {
      return test::history_column<T>(grown.directory, std::string("merges/") + name);
    };
    const auto relay = column(std::uint32_t{}, "relay");
    const auto exchange = column(std::uint64_t{}, "exchange");
    const auto taken = column(std::uint64_t{}, "taken");
    const auto merged = column(std::uint64_t{}, "merged");
    REQUIRE(relay.size() > 10);
    std::vector<std::uint64_t> seen(2);
    std::vector<std::uint64_t> last(2);
    for (std::size_t i = 0; i < relay.size(); ++i) {
      CHECK(exchange[i] == seen[relay[i]]++);
      CHECK(taken[i] >= last[relay[i]]);
      CHECK(merged[i] >= taken[i]);
      last[relay[i]] = taken[i];
    }
    CHECK(last[0] + last[1] == grown.summary.updates);
  }
}

TEST_CASE("tree: moving statistics are those of all data, by the mean of the nodes") {
  Trees trees;
  Experiment tree = trees.tree(rules_of_nodes[0], rules_of_relays[0], 2);
  tree.model.layers = {DenseOptions{.units = 8}, BatchNormalizationOptions{.momentum = 0.8},
                       DenseOptions{.units = 2, .activation = Activation::softmax}};
  const Grown grown = trees.simulate(tree, 4);
  CHECK(grown.summary.test->loss() < 0.69);
  CHECK(trees.simulate(tree, 4, 1).weights == grown.weights);
  for (std::size_t i = 2; i < rules_of_relays.size(); ++i) {
    CAPTURE(name_of_rule(rules_of_relays[i]));
    tree.trainer.strategy = rules_of_nodes[i];
    tree.relay->rule = rules_of_relays[i];
    const Grown learned = trees.simulate(tree, 4);
    CHECK(learned.summary.test->loss() < 0.69);
    CHECK(trees.simulate(tree, 4, 1).weights == learned.weights);
  }
}

TEST_CASE("tree: relays' commits are compressed, which takes less of the network") {
  Trees trees;
  Experiment tree = trees.tree(rules_of_nodes[0], AsyncLocalSgdOptions{}, 2, 1.0);
  tree.trainer.epochs = 6;
  tree.simulate.network_bandwidth = 1e4;
  const Grown whole = trees.simulate(tree, 4);
  tree.server.compression = {.kind = CompressionKind::topk, .topk_fraction = 0.05};
  const Grown compressed = trees.simulate(tree, 4);
  CHECK(compressed.summary.ledger.samples_committed == 6 * 903);
  CHECK(compressed.summary.test->loss() < 0.69);
  CHECK(compressed.weights != whole.weights);
  CHECK(trees.simulate(tree, 4, 1).weights == compressed.weights);
  const auto exchanges = [](const Grown& grown) {
    return test::history_column<std::uint32_t>(grown.directory, "merges/relay").size();
  };
  CHECK(exchanges(compressed) > exchanges(whole));
}

TEST_CASE("tree: what cannot be one is said in a line, with the reason") {
  Trees trees;
  const auto refuses = [&](const Experiment& experiment, const char* words) {
    CHECK_FAILS(simulation::check_workers(experiment, 4), ExitCode::bad_experiment, words);
  };
  const Experiment tree = trees.tree(rules_of_nodes[0], rules_of_relays[0], 2);
  CHECK_NOTHROW(simulation::check_workers(tree, 4));
  Experiment wrong = tree;
  wrong.server.topology = ServerTopology::flat;
  wrong.server.ranks_per_node.reset();
  refuses(wrong, "[relay] says how the nodes of a tree exchange");
  wrong = tree;
  wrong.server.ranks_per_node.reset();
  refuses(wrong, "a simulated tree needs server.ranks_per_node");
  wrong = tree;
  wrong.server.shards = 2;
  refuses(wrong, "server.shards = 2");
  wrong = tree;
  wrong.server.compression.kind = CompressionKind::bf16;
  refuses(wrong, "relay.name = \"diloco\" have none, but meet");
  wrong = tree;
  wrong.trainer.consistency = Consistency::none;
  refuses(wrong, "consistency \"none\" do not go together");
  wrong = tree;
  for (const auto& [rule, words] : std::vector<std::pair<StrategyOptions, const char*>>{
           {AveragingOptions{}, "trainer 'averaging' has none"},
           {SyncSgdOptions{}, "trainer 'sync_sgd' has none"},
           {HogwildOptions{}, "of trainer 'hogwild' do not go together"}}) {
    wrong.trainer.strategy = rule;
    refuses(wrong, words);
  }
  wrong = tree;
  for (const StrategyOptions& rule : std::vector<StrategyOptions>{
           SingleOptions{}, EnsembleOptions{.members = 2}, SyncSgdOptions{}, EamsgdOptions{},
           ExperimentalOptions{}, AdagOptions{}, GemOptions{}, HogwildOptions{}}) {
    wrong.relay->rule = rule;
    const std::string words =
        "relay.name = \"" + name_of_rule(rule) + "\" does not go between relays: it ";
    refuses(wrong, words.c_str());
  }
  wrong.relay->rule = AeasgdOptions{.moving_rate = {.beta = 3.0}};
  refuses(wrong, "moving rate");  // of two relays
}
