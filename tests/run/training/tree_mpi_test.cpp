// SPDX-License-Identifier: Apache-2.0
// Trees of centers, of ranks: nodes are groups of a machine's ranks.
#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "check_fails.hpp"
#include "data/hdf5/file.hpp"
#include "history_column.hpp"
#include "net/formats/model_file.hpp"
#include "node_sums.hpp"
#include "run/checkpoint/folder.hpp"
#include "run/training/train.hpp"
#include "synthetic.hpp"
#include "tree_rules.hpp"
#include "tusk/center.hpp"
#include "tusk/extensions.hpp"
#include "tusk/strategy.hpp"

using namespace tusk;
using test::rules_of_nodes;
using test::rules_of_relays;

namespace {

constexpr std::uint64_t training_samples = 903;

struct Grown {
  records::Summary summary;
  AlignedVector<float> weights;  // on rank 0
  std::string directory;
};

class Forest {
 public:
  const mpi::Communicator& world() const { return world_; }
  bool is_head() const { return world_.rank() == 0; }

  Experiment flat(StrategyOptions strategy, std::size_t epochs = 2) const {
    Experiment once = test::experiment(folder_, std::move(strategy));
    once.trainer.epochs = epochs;
    once.checkpoint.every = "never";
    return once;
  }

  // Nodes of a relay and so many workers.
  Experiment tree(StrategyOptions strategy, StrategyOptions relay, std::size_t workers_per_node = 2,
                  RelayInterval every = 2.0) const {
    Experiment once = flat(std::move(strategy));
    once.server.topology = ServerTopology::tree;
    once.server.ranks_per_node = workers_per_node + 1;
    once.relay = RelayOptions{.rule = std::move(relay), .every = std::move(every)};
    return once;
  }

  Grown train(const Experiment& experiment, const Extensions& extensions = {},
              const std::string& resume = "auto") {
    return train(experiment, extensions, next_directory(), resume);
  }

  std::string next_directory() { return folder_.file("tree" + std::to_string(++runs_)); }

  // With `stop_in`, until then; whoever calls it again goes on.
  Grown train(const Experiment& experiment, const Extensions& extensions,
              const std::string& directory, const std::string& resume,
              std::optional<std::chrono::milliseconds> stop_in = {}) {
    training::RunOptions options{.run_directory = directory, .quiet = true, .resume = resume};
    if (stop_in) options.stop_by = std::chrono::steady_clock::now() + *stop_in;
    Grown grown{.summary = training::train(experiment, options, world_, extensions),
                .directory = directory};
    if (is_head() && grown.summary.for_later.empty()) {
      grown.weights = formats::load_model(grown.directory + "/model.h5", extensions).weights;
    }
    world_.barrier();
    return grown;
  }

  std::vector<std::string> checkpoints_of(const Grown& grown) const {
    std::vector<std::string> all;
    for (const auto& path : checkpoint::Folder(grown.directory).list()) {
      all.push_back(path.string());
    }
    world_.barrier();  // rank 0 changes nothing before all have looked
    return all;
  }

  // That all was trained once, and it has learned something.
  Grown trains_all(const Experiment& experiment) {
    Grown grown = train(experiment);
    if (is_head()) {
      const auto all = experiment.trainer.epochs * training_samples;
      CHECK(grown.summary.ledger.samples_trained == all);
      CHECK(grown.summary.ledger.samples_committed == all);
      CHECK(grown.summary.epochs == experiment.trainer.epochs);
      CHECK(grown.summary.test->loss() < 0.69);
      test::check_sums(grown.directory, training_samples);
    }
    return grown;
  }

 private:
  mpi::Communicator world_ = mpi::Communicator::world();
  test::DataFolder folder_{world_};
  int runs_ = 0;
};

// "counting": every step of a worker adds 1 to every weight of the center, whatever it has learned.
struct CountingOptions {};

void describe(options::Fields&, CountingOptions&) {}

class Counting final : public strategies::Strategy {
 public:
  using Options = CountingOptions;

  Counting(const Options&, const strategies::Surroundings& with)
      : center_(*with.center), pulled_(center_.size()) {}

  std::size_t communication_window() const override { return 3; }
  void on_start(std::span<float> weights) override {
    center_.pull(pulled_);
    std::ranges::copy(pulled_, weights.begin());
  }
  void on_window_end(std::span<float> weights, const strategies::Window& window) override {
    for (std::size_t i = 0; i < weights.size(); ++i) {
      weights[i] = pulled_[i] + static_cast<float>(window.steps);
    }
    center_.commit_change(weights, pulled_, {});
  }
  void on_finish(std::span<float>) override {}
  void keep(State& state) override { state("pulled", pulled_); }

 private:
  center::CenterVariable& center_;
  std::vector<float> pulled_;
};

// The same, as somebody writes it who does not say what a checkpoint is to keep.
class Forgetful final : public strategies::Strategy {
 public:
  using Options = CountingOptions;

  Forgetful(const Options& options, const strategies::Surroundings& with)
      : counting_(options, with) {}

  std::size_t communication_window() const override { return counting_.communication_window(); }
  void on_start(std::span<float> weights) override { counting_.on_start(weights); }
  void on_window_end(std::span<float> weights, const strategies::Window& window) override {
    counting_.on_window_end(weights, window);
  }
  void on_finish(std::span<float> weights) override { counting_.on_finish(weights); }

 private:
  Counting counting_;
};

Extensions with_counting() {
  Extensions extensions{.package = "mylab"};
  extensions.add_strategy<Counting>("counting", {.topology = Topology::parameter_server});
  extensions.add_strategy<Forgetful>("forgetful", {.topology = Topology::parameter_server});
  return extensions;
}

std::vector<LayerEntry> with_normalization() {
  return {DenseOptions{.units = 8}, BatchNormalizationOptions{.momentum = 0.8},
          DenseOptions{.units = 2, .activation = Activation::softmax}};
}

// The biases of the first layer, which begin with 0.
std::vector<float> counts(const AlignedVector<float>& weights) {
  return {weights.begin() + 6 * 8, weights.begin() + 7 * 8};
}

}  // namespace

TEST_CASE("tree of ranks: with rules of all kinds every sample is trained once, and it learns") {
  Forest forest;
  for (std::size_t i = 0; i < rules_of_relays.size(); ++i) {
    CAPTURE(name_of_rule(rules_of_nodes[i]));
    CAPTURE(name_of_rule(rules_of_relays[i]));
    forest.trains_all(forest.tree(rules_of_nodes[i], rules_of_relays[i], 2, 1.0 + (i % 3)));
  }
}

TEST_CASE("tree of ranks: what rules add up is exact, to the last step") {
  Forest forest;
  const Extensions extensions = with_counting();
  const StrategyOptions rule =
      UserStrategy{extensions.strategies.at(0), options::AnyOptions(CountingOptions{})};
  const auto nodes = static_cast<float>(forest.world().size() / 3);
  for (const RelayInterval& every :
       {RelayInterval(1.0), RelayInterval("5ms"), RelayInterval(9.0)}) {
    const Grown sum = forest.train(forest.tree(rule, DownpourOptions{}, 2, every), extensions);
    const Grown mean = forest.train(forest.tree(rule, AveragingOptions{}, 2, every), extensions);
    if (!forest.is_head()) continue;
    for (const Grown* grown : {&sum, &mean}) {
      const auto steps = static_cast<float>(grown->summary.ledger.batches_trained);
      const float expected = grown == &sum ? steps : steps / nodes;
      for (const float count : counts(grown->weights)) {
        if (grown == &sum || nodes == 2.0F) CHECK(count == expected);
        CHECK(count == doctest::Approx(expected).epsilon(1e-6));
      }
    }
  }
}

namespace {

// That a run has done every step once, by its history.
void check_steps(const Grown& grown) {
  const auto worker = test::history_column<std::uint32_t>(grown.directory, "steps/worker");
  const auto step = test::history_column<std::uint64_t>(grown.directory, "steps/step");
  std::vector<std::pair<std::uint32_t, std::uint64_t>> steps;
  for (std::size_t i = 0; i < worker.size(); ++i) steps.emplace_back(worker[i], step[i]);
  std::ranges::sort(steps);
  CHECK(std::ranges::adjacent_find(steps) == steps.end());
  CHECK(steps.size() == grown.summary.ledger.batches_trained);
}

// That every partition was claimed once in each epoch, and all of it trained by one worker.
void check_partitions(const Grown& grown, const Experiment& experiment) {
  const auto partitions = grown.summary.workers * experiment.trainer.parallelism_factor;
  const auto worker = test::history_column<std::uint32_t>(grown.directory, "steps/worker");
  const auto epoch = test::history_column<std::uint32_t>(grown.directory, "steps/epoch");
  const auto partition = test::history_column<std::uint32_t>(grown.directory, "steps/partition");
  const auto samples = test::history_column<std::uint32_t>(grown.directory, "steps/samples");
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::size_t> trained;
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::uint32_t> by;
  for (std::size_t i = 0; i < worker.size(); ++i) {
    const std::pair pass(epoch[i], partition[i]);
    trained[pass] += samples[i];
    CHECK(by.try_emplace(pass, worker[i]).first->second == worker[i]);
  }
  CHECK(trained.size() == partitions * experiment.trainer.epochs);
  for (const auto& [pass, count] : trained) {
    CHECK(count >= training_samples / partitions);
    CHECK(count <= training_samples / partitions + 1);
  }
}

// The same of every exchange, and by its ledger. `has_root`: the relays have a center.
void check_whole(const Grown& grown, std::size_t epochs, bool has_root) {
  CHECK(grown.summary.ledger.samples_trained == epochs * training_samples);
  CHECK(grown.summary.ledger.samples_committed == epochs * training_samples);
  CHECK(grown.summary.epochs == epochs);
  check_steps(grown);
  test::check_sums(grown.directory, training_samples);
  CHECK(test::history_column<std::uint64_t>(grown.directory, "commits/ticket").size() ==
        grown.summary.updates);
  const auto relay = test::history_column<std::uint32_t>(grown.directory, "merges/relay");
  const auto exchange = test::history_column<std::uint64_t>(grown.directory, "merges/exchange");
  std::vector<std::uint64_t> seen(relay.size());
  for (std::size_t i = 0; i < relay.size(); ++i) CHECK(exchange[i] == seen[relay[i]]++);
  if (!has_root) return;
  auto ticket = test::history_column<std::uint64_t>(grown.directory, "merges/ticket");
  std::ranges::sort(ticket);
  for (std::size_t i = 0; i < ticket.size(); ++i) CHECK(ticket[i] == i);
}

}  // namespace

TEST_CASE("tree of ranks: it goes on from any checkpoint to the sum of all steps, twice in a row") {
  Forest forest;
  const Extensions extensions = with_counting();
  const StrategyOptions rule =
      UserStrategy{extensions.strategies.at(0), options::AnyOptions(CountingOptions{})};
  const std::vector<std::pair<StrategyOptions, RelayInterval>> cases{
      {DownpourOptions{}, 2.0}, {DownpourOptions{}, "0.001s"}, {AveragingOptions{}, 2.0}};
  for (const auto& [relays, every] : cases) {
    CAPTURE(name_of_rule(relays));
    const bool adds = std::holds_alternative<DownpourOptions>(relays);
    Experiment tree = forest.tree(rule, relays, 2, every);
    tree.debug.slow = SlowOptions{.factor = 300.0};
    tree.trainer.batch_size = 4;
    tree.checkpoint = {.every = "10 steps", .keep = 1000};
    const Grown whole = forest.train(tree, extensions);
    std::vector<std::string> from = forest.checkpoints_of(whole);
    CHECK(from.size() >= 3);
    if (from.size() < 3) continue;
    from = {from.front(), from[from.size() / 2], from.back()};
    for (std::size_t i = 0; i < from.size(); ++i) {
      const Grown again = forest.train(tree, extensions, from[i]);
      const std::vector<std::string> later = forest.checkpoints_of(again);
      if (later.size() > 1) from.push_back(later.front());
      if (from.size() > 4) from.pop_back();
      if (!forest.is_head()) continue;
      check_whole(again, tree.trainer.epochs, adds);
      const auto steps = static_cast<float>(again.summary.ledger.batches_trained);
      for (const float count : counts(again.weights)) CHECK(count == (adds ? steps : steps / 2));
    }
  }
}

TEST_CASE(
    "tree of ranks: it stops when told, again and again, and goes on with all kinds of rules") {
  Forest forest;
  for (std::size_t i = 0; i < rules_of_relays.size(); ++i) {
    CAPTURE(name_of_rule(rules_of_nodes[i]));
    CAPTURE(name_of_rule(rules_of_relays[i]));
    Experiment tree = forest.tree(rules_of_nodes[i], rules_of_relays[i]);
    tree.debug.slow = SlowOptions{.worker = i % 4, .factor = 100.0};
    if (i % 3 == 0) tree.trainer.max_staleness = i % 2;
    tree.trainer.overlap = i % 3 == 1 && !tree.trainer.max_staleness && i != 4;
    if (i % 2 == 1) tree.trainer.parallelism_factor = 5;
    if (i == 3 || i == 6) tree.server.compression.kind = CompressionKind::bf16;
    if (i == 2 || i == 4) tree.model.layers = with_normalization();
    if (i == 0 || i == 3 || i == 4) tree.relay->merge = 0.5;
    const std::string directory = forest.next_directory();
    int stops = 0;
    for (std::optional<std::chrono::milliseconds> stop_in{0};;) {
      const Grown grown = forest.train(tree, {}, directory, "auto", stop_in);
      if (grown.summary.for_later.empty()) {
        const bool has_root = topology(rules_of_relays[i]) == Topology::parameter_server;
        if (!forest.is_head()) break;
        check_whole(grown, tree.trainer.epochs, has_root);
        if (i % 2 == 1) check_partitions(grown, tree);
        break;
      }
      stop_in = ++stops < 3 ? std::optional(std::chrono::milliseconds(40 * stops)) : std::nullopt;
    }
    CHECK(stops >= 1);
  }
}

TEST_CASE("tree of ranks: without checkpoints where a relays' rule of a user's own has no keep()") {
  Forest forest;
  const Extensions extensions = with_counting();
  Experiment tree = forest.tree(
      rules_of_nodes[0],
      UserStrategy{extensions.strategies.at(1), options::AnyOptions(CountingOptions{})});
  tree.checkpoint = {.every = "10 steps", .keep = 1000};
  const Grown grown = forest.train(tree, extensions);
  CHECK(forest.checkpoints_of(grown).empty());
  if (forest.is_head()) CHECK(grown.summary.epochs == tree.trainer.epochs);
}

TEST_CASE("tree of ranks: it goes on with other nodes, as a flat center, and as a tree again") {
  Forest forest;
  for (const std::size_t rule : {0, 4, 5}) {
    CAPTURE(name_of_rule(rules_of_nodes[rule]));
    Experiment tree = forest.tree(rules_of_nodes[rule], rules_of_relays[rule]);
    tree.trainer.batch_size = 4;
    tree.trainer.parallelism_factor = rule == 5 ? 3 : 1;
    tree.debug.slow = SlowOptions{.factor = 250.0};
    tree.checkpoint = {.every = "10 steps", .keep = 1000};
    std::string from = "auto";
    std::vector<std::uint32_t> files;  // each node's, behind those that there were
    for (const std::size_t ranks_per_node : {3, 2, 6, 3}) {
      CAPTURE(ranks_per_node);
      const std::size_t nodes = static_cast<std::size_t>(forest.world().size()) / ranks_per_node;
      for (std::size_t i = 0; nodes > 1 && i < nodes; ++i) {
        files.push_back(static_cast<std::uint32_t>(files.size()));
      }
      tree.server.ranks_per_node = ranks_per_node;
      const Grown grown = forest.train(tree, {}, from);
      const std::vector<std::string> checkpoints = forest.checkpoints_of(grown);
      CHECK(!checkpoints.empty());
      if (checkpoints.empty()) return;
      from = checkpoints[checkpoints.size() * 2 / 3];  // the newest comes first
      if (!forest.is_head()) continue;
      const records::Ledger& ledger = grown.summary.ledger;
      CHECK(ledger.samples_trained == tree.trainer.epochs * training_samples);
      CHECK(ledger.samples_committed == ledger.samples_trained);
      CHECK(grown.summary.test->loss() < 0.69);
      check_steps(grown);
      const auto tickets = test::history_column<std::uint64_t>(grown.directory, "commits/ticket");
      CHECK(grown.summary.updates == tickets.size());
      CHECK(test::history_column<std::uint32_t>(grown.directory, "nodes/file") == files);
    }
  }
}

TEST_CASE("tree of ranks: where it goes on with other nodes, orders hold from the first step") {
  Forest forest;
  Experiment tree = forest.tree(rules_of_nodes[0], rules_of_relays[0]);
  tree.trainer.epochs = 12;
  tree.debug.slow = SlowOptions{.factor = 100.0};
  tree.checkpoint = {.every = "20 steps", .keep = 1000};
  tree.callbacks.reduce_lr_on_plateau = ReduceLearningRateOptions{
      .monitor = "val_loss", .factor = 0.0, .patience = 0, .min_delta = 10.0};
  const Grown whole = forest.train(tree);
  const std::vector<std::string> from = forest.checkpoints_of(whole);
  CHECK(!from.empty());
  if (from.empty()) return;
  tree.server.ranks_per_node = 2;
  const Grown again = forest.train(tree, {}, from.front());
  if (!forest.is_head()) return;
  const auto learning = [](const Grown& grown) {
    const auto rates = test::history_column<double>(grown.directory, "steps/learning_rate");
    return std::ranges::count_if(rates, [](double rate) { return rate > 0.0; });
  };
  CHECK(learning(again) == learning(whole));
}

TEST_CASE("tree of ranks: nodes that end at different times, and a slow one") {
  Forest forest;
  for (const StrategyOptions& rule : {rules_of_relays[0], rules_of_relays[3]}) {
    Experiment tree = forest.tree(rules_of_nodes[0], rule, 2, 50.0);
    tree.debug.slow = SlowOptions{.worker = 1, .factor = 400.0};
    forest.trains_all(tree);
    tree.relay->every = "3ms";
    forest.trains_all(tree);
  }
}

TEST_CASE("tree of ranks: with bounded staleness over all nodes nobody waits for ever") {
  Forest forest;
  for (const StrategyOptions& rule : {rules_of_relays[0], rules_of_relays[3]}) {
    for (const std::size_t bound : {0, 2}) {
      Experiment tree = forest.tree(rules_of_nodes[0], rule, 2, 100.0);
      tree.trainer.max_staleness = bound;
      tree.debug.slow = SlowOptions{.worker = 2, .factor = 30.0};
      const Grown grown = forest.trains_all(tree);
      if (!forest.is_head()) continue;
      CHECK(grown.summary.staleness.max <= 2 * bound + 1);  // of the two workers at a center
    }
  }
}

TEST_CASE("tree of ranks: a part of what an exchange brings, overlap, and moving statistics") {
  Forest forest;
  for (const StrategyOptions& rule : {rules_of_relays[0], rules_of_relays[3], rules_of_relays[4]}) {
    Experiment tree = forest.tree(rules_of_nodes[0], rule);
    tree.relay->merge = 0.25;
    forest.trains_all(tree);
    tree.relay->merge = 1.0;
    tree.trainer.overlap = true;
    forest.trains_all(tree);
  }
  for (const std::size_t i : {0, 3, 4, 5}) {
    CAPTURE(name_of_rule(rules_of_relays[i]));
    Experiment normal = forest.tree(rules_of_nodes[i], rules_of_relays[i]);
    normal.model.layers = with_normalization();
    forest.trains_all(normal);
  }
}

TEST_CASE("tree of ranks: relays' commits are compressed, and it learns") {
  Forest forest;
  for (const std::size_t i : {3, 4, 6, 7}) {
    CAPTURE(name_of_rule(rules_of_relays[i]));
    Experiment tree = forest.tree(rules_of_nodes[i], rules_of_relays[i]);
    tree.server.compression = {.kind = CompressionKind::topk, .topk_fraction = 0.2};
    if (i % 2 == 0) tree.server.compression = {.kind = CompressionKind::bf16};
    if (i % 3 == 0) tree.model.layers = with_normalization();
    forest.trains_all(tree);
  }
}

TEST_CASE("tree of ranks: every partition is trained once an epoch, by whoever is free") {
  Forest forest;
  for (const StrategyOptions& rule : {rules_of_relays[0], rules_of_relays[3]}) {
    for (const std::size_t factor : {2, 24}) {
      Experiment tree = forest.tree(rules_of_nodes[0], rule);
      tree.trainer.batch_size = 4;
      tree.trainer.parallelism_factor = factor;
      tree.debug.slow = SlowOptions{.worker = 0, .factor = 300.0};
      if (factor == 2) tree.trainer.max_staleness = 3;
      const Grown grown = forest.trains_all(tree);
      if (!forest.is_head()) continue;
      check_partitions(grown, tree);
      const auto worker = test::history_column<std::uint32_t>(grown.directory, "steps/worker");
      const auto slow = std::ranges::count(worker, 0U);
      if (factor > 2) CHECK(static_cast<std::size_t>(slow) < worker.size() / 4);  // its share
    }
  }
}

TEST_CASE("tree of ranks: orders reach every node") {
  Forest forest;
  for (const StrategyOptions& rule : {rules_of_relays[0], rules_of_relays[3]}) {
    Experiment tree = forest.tree(rules_of_nodes[0], rule);
    tree.trainer.epochs = 3000;
    // A relay looks for orders every millisecond: the one order is to be long before the other.
    tree.debug.slow = SlowOptions{.factor = 100.0};
    tree.callbacks.reduce_lr_on_plateau = ReduceLearningRateOptions{
        .monitor = "val_loss", .factor = 0.0, .patience = 0, .min_delta = 10.0};
    tree.callbacks.early_stopping =
        EarlyStoppingOptions{.monitor = "val_loss", .patience = 15, .restore_best_weights = true};
    const Grown grown = forest.train(tree);
    if (!forest.is_head()) continue;
    CHECK(grown.summary.epochs < 3000);  // no improvement is possible any more
    CHECK(grown.summary.ledger.samples_committed == grown.summary.ledger.samples_trained);
    const auto rates = test::history_column<double>(grown.directory, "steps/learning_rate");
    const auto workers = test::history_column<std::uint32_t>(grown.directory, "steps/worker");
    std::vector<double> last(grown.summary.workers, 1.0);
    for (std::size_t i = 0; i < rates.size(); ++i) last[workers[i]] = rates[i];
    for (const double rate : last) CHECK(rate == 0.0);
  }
}

TEST_CASE("tree of ranks: the history has every exchange of the relays, up to the last commit") {
  Forest forest;
  const auto nodes = static_cast<std::size_t>(forest.world().size() / 3);
  for (const StrategyOptions& rule : {rules_of_relays[0], rules_of_relays[3]}) {
    const Grown grown = forest.train(forest.tree(rules_of_nodes[0], rule));
    if (!forest.is_head()) continue;
    const auto column = [&]<typename T>(T, const char* name) {
      return test::history_column<T>(grown.directory, std::string("merges/") + name);
    };
    const auto relay = column(std::uint32_t{}, "relay");
    const auto exchange = column(std::uint64_t{}, "exchange");
    const auto taken = column(std::uint64_t{}, "taken");
    const auto merged = column(std::uint64_t{}, "merged");
    std::vector<std::uint64_t> seen(nodes);
    std::vector<std::uint64_t> last(nodes);
    for (std::size_t i = 0; i < relay.size(); ++i) {
      CHECK(exchange[i] == seen[relay[i]]++);
      CHECK(taken[i] >= last[relay[i]]);
      CHECK(merged[i] >= taken[i]);
      last[relay[i]] = taken[i];
    }
    std::uint64_t all = 0;
    for (const std::uint64_t commits : last) all += commits;
    CHECK(all == grown.summary.updates);
    CHECK(test::history_column<std::uint64_t>(grown.directory, "commits/ticket").size() == all);
  }
}

TEST_CASE("tree of ranks: one group has the bits of a flat center") {
  Forest forest;
  const auto ranks = static_cast<std::size_t>(forest.world().size());
  for (const StrategyOptions& rule : rules_of_nodes) {
    CAPTURE(name_of_rule(rule));
    Experiment tree = forest.flat(rule);
    const Grown flat = forest.train(tree);
    tree.server.topology = ServerTopology::tree;
    tree.server.ranks_per_node = ranks;
    const Grown grown = forest.train(tree);
    tree.server.ranks_per_node.reset();
    const Grown machine = forest.train(tree);
    if (ranks == 2) {  // several workers differ from run to run
      CHECK(grown.weights == flat.weights);
      CHECK(machine.weights == flat.weights);
    }
  }
}

TEST_CASE("tree of ranks: what cannot be is said in a line, before anything is written") {
  Forest forest;
  const Experiment tree = forest.tree(rules_of_nodes[0], rules_of_relays[0]);
  const auto refuses = [&](const Experiment& experiment, const char* words) {
    CHECK_FAILS(forest.train(experiment), ExitCode::bad_experiment, words);
  };
  Experiment wrong = tree;
  wrong.server.topology = ServerTopology::flat;
  wrong.server.ranks_per_node.reset();
  refuses(wrong, "[relay] says how the nodes of a tree exchange");
  wrong = tree;
  wrong.server.ranks_per_node = static_cast<std::size_t>(forest.world().size()) - 1;
  refuses(wrong, "would be the relay of a node without workers");
  wrong = tree;
  wrong.server.shards = 2;
  refuses(wrong, "server.shards = 2");
  wrong = tree;
  wrong.server.compression.kind = CompressionKind::bf16;
  refuses(wrong, "relay.name = \"diloco\" have none, but meet");
  wrong.relay->rule = AeasgdOptions{};
  refuses(wrong, "relay.name = \"aeasgd\" send positions");
  wrong = tree;
  wrong.server.transport = Transport::message;
  refuses(wrong, "relays meet in MPI_Iallreduce");
  wrong.relay->rule = DownpourOptions{};
  wrong.server.transport = Transport::rma;
  refuses(wrong, "relays theirs by messages");
  wrong = tree;
  wrong.relay->rule = AeasgdOptions{.moving_rate = {.beta = 30.0}};
  refuses(wrong, "moving rate");
  for (const auto& [rule, words] : std::vector<std::pair<StrategyOptions, const char*>>{
           {AveragingOptions{}, "trainer 'averaging' has none"},
           {EnsembleOptions{.members = 2}, "trainer 'ensemble' has none"},
           {HogwildOptions{}, "of trainer 'hogwild' do not go together"}}) {
    wrong = tree;
    wrong.trainer.strategy = rule;
    refuses(wrong, words);
  }
  wrong = tree;
  wrong.relay->rule = SyncSgdOptions{};
  refuses(wrong, "relay.name = \"sync_sgd\" does not go between relays: it ");
}
