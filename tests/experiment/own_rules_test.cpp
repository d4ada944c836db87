// SPDX-License-Identifier: Apache-2.0
// Optimizers and distributed optimizers of a user's own in experiment files.
#include "own_rules.hpp"

#include <doctest/doctest.h>

#include <string>

#include "check_fails.hpp"
#include "experiment/example.hpp"
#include "experiment/write_experiment.hpp"

using namespace tusk;

namespace {

constexpr const char* own_example = R"(name = "own"
[data]
train = "/train.h5"
[model]
layers = [{ type = "dense", units = 1 }]
loss = "mse"
[optimizer]
name = "steady"
momentum = 0.5
[trainer]
name = "relay"
window = 3
epochs = 2
)";

Experiment read_own(const Overrides& overrides = {},
                    const Extensions& extensions = test::with_own_rules()) {
  return experiment::read_experiment(own_example, "e.toml", overrides, extensions);
}

// Options called as what stands beside them already.
struct CrowdedOptions {
  double epochs = 1.0;
  double learning_rate = 1.0;
  bool operator==(const CrowdedOptions&) const = default;
};

struct NoRateOptions {
  bool operator==(const NoRateOptions&) const = default;
};

void describe(options::Fields& fields, CrowdedOptions& o) {
  fields("epochs", o.epochs);
  fields("learning_rate", o.learning_rate);
}

void describe(options::Fields&, NoRateOptions&) {}

std::unique_ptr<optim::Optimizer> no_optimizer(const auto&, const optim::CommonOptions&) {
  return nullptr;
}

std::unique_ptr<strategies::Strategy> no_strategy(const auto&, const strategies::Surroundings&) {
  return nullptr;
}

Extensions with_strategy(const std::string& name, const RuleTraits& traits) {
  Extensions extensions{.package = "mylab"};
  extensions.add_strategy<NoRateOptions>(name, traits, no_strategy<NoRateOptions>);
  return extensions;
}

}  // namespace

TEST_CASE("a user's optimizer and strategy stand in an experiment by their plain names") {
  const Extensions extensions = test::with_own_rules();
  const Experiment e = read_own({}, extensions);
  CHECK(e.optimizer.kind == test::steady(extensions, {.momentum = 0.5}));
  CHECK(e.optimizer.learning_rate == 0.1);  // those of its kind
  CHECK(e.optimizer.weight_decay == 0.001);
  CHECK(e.trainer.strategy == test::relay(extensions, 3));
  CHECK(e.trainer.epochs == 2);
  CHECK(name_of_rule(e.trainer.strategy) == "relay");
  CHECK(topology(e.trainer.strategy) == Topology::parameter_server);
  CHECK_FALSE(looks_ahead(e.optimizer));

  const std::string text = experiment::to_toml(e);
  CHECK(text.find("[optimizer]\nname = \"steady\"\nmomentum = 0.5\nnesterov = false\n"
                  "learning_rate = 0.1\nweight_decay = 0.001\n") != std::string::npos);
  CHECK(text.find("[trainer]\nname = \"relay\"\nwindow = 3\nepochs = 2\n") != std::string::npos);
  CHECK(experiment::read_experiment(text, "e.toml", {}, extensions) == e);
  CHECK_FALSE(read_own({"optimizer.momentum=0.25"}, extensions) == e);
  CHECK_FALSE(read_own({"trainer.window=4"}, extensions) == e);

  const Experiment other =
      read_own({"optimizer.nesterov=true", "optimizer.learning_rate=0.5"}, extensions);
  CHECK(other.optimizer.learning_rate == 0.5);
  CHECK(looks_ahead(other.optimizer));
}

TEST_CASE("an optimizer of a user's without defaults of its own has the common ones") {
  Extensions extensions{.package = "mylab"};
  extensions.add_optimizer<NoRateOptions>("plain", no_optimizer<NoRateOptions>);
  const OptimizerOptions options =
      with_defaults(UserOptimizer{extensions.optimizers.at(0), extensions.optimizers[0]->defaults});
  CHECK(options.learning_rate == 0.01);
  CHECK(options.weight_decay == 0.0);
  CHECK_FALSE(looks_ahead(options));
}

TEST_CASE("the mistakes in a user's optimizer or strategy are named as those in Tusk's are") {
  CHECK_FAILS(read_own({"optimizer.momentum=1"}), ExitCode::bad_experiment,
              "key 'optimizer.momentum': expected a number in [0, 1), got 1");
  CHECK_FAILS(read_own({"trainer.windo=1"}), ExitCode::bad_experiment,
              "unknown key 'trainer.windo'; did you mean 'window'?");
  CHECK_FAILS(read_own({"trainer.name=downpour"}), ExitCode::bad_experiment,
              "key 'trainer.window' does not belong to name = \"downpour\", but to \"relay\"");
  CHECK_FAILS(read_own({"optimizer.rho=0.5"}), ExitCode::bad_experiment,
              "key 'optimizer.rho' does not belong to name = \"steady\", but to \"rmsprop\"");
}

TEST_CASE("what the traits of a user's strategy do not allow may not be asked of it") {
  CHECK(read_own({"trainer.overlap=true", "server.transport=rma"}).trainer.overlap);
  CHECK_FAILS(
      experiment::read_experiment(with(own_example, "\"relay\"\nwindow = 3", "\"hermit\""),
                                  "e.toml", {"trainer.overlap=true"}, test::with_own_rules()),
      ExitCode::bad_experiment, "dynsgd, async_local_sgd, aeasgd, eamsgd or relay");
  CHECK_FAILS(experiment::read_experiment(with(own_example, "\"relay\"\nwindow = 3", "\"chorus\""),
                                          "e.toml", {"trainer.keep_optimizer_state=false"},
                                          test::with_own_rules()),
              ExitCode::bad_experiment, "is always true with name = \"chorus\"");
}

TEST_CASE("a program without a user's optimizer or strategy says what it has") {
  CHECK_FAILS(read_own({}, {}), ExitCode::bad_experiment,
              "e.toml:8:8: key 'optimizer.name': expected one of \"sgd\", \"adagrad\", "
              "\"rmsprop\", \"adam\", \"adamw\", \"adadelta\", \"adamax\", \"nadam\", got "
              "\"steady\"");
  CHECK_FAILS(experiment::read_experiment(
                  with(own_example, "\"steady\"\nmomentum = 0.5", "\"sgd\""), "e.toml", {}, {}),
              ExitCode::bad_experiment,
              "e.toml:10:8: key 'trainer.name': expected one of \"single\", \"downpour\", "
              "\"adag\", \"agn\",");
}

TEST_CASE("names, options and traits of a user's rules that cannot be are refused") {
  CHECK_NOTHROW(check_names(test::with_own_rules()));
  CHECK_FAILS(check_names(with_strategy("agn", {})), ExitCode::usage,
              "the extensions' strategy 'agn' has the name of another");
  Extensions extensions{.package = "mylab"};
  extensions.add_optimizer<NoRateOptions>("sgd", no_optimizer<NoRateOptions>);
  CHECK_FAILS(check_names(extensions), ExitCode::usage,
              "the extensions' optimizer 'sgd' has the name of another");

  Extensions crowded{.package = "mylab"};
  crowded.add_optimizer<CrowdedOptions>("mine", no_optimizer<CrowdedOptions>);
  CHECK_FAILS(check_names(crowded), ExitCode::usage,
              "the extensions' optimizer 'mine' may not have an option 'learning_rate'");
  crowded.optimizers.clear();
  crowded.add_strategy<CrowdedOptions>("mine", {}, no_strategy<CrowdedOptions>);
  CHECK_FAILS(check_names(crowded), ExitCode::usage,
              "the extensions' strategy 'mine' may not have an option 'epochs'");

  CHECK_FAILS(check_names(with_strategy("mine", {.topology = Topology::independent})),
              ExitCode::usage, "the extensions' strategy 'mine' has the topology of an ensemble");
  CHECK_FAILS(check_names(with_strategy("mine", {.topology = Topology::peers, .overlaps = true})),
              ExitCode::usage, "the extensions' strategy 'mine' overlaps exchanges with a");
  CHECK_FAILS(check_names(with_strategy(
                  "mine", {.topology = Topology::sequential, .consistency = Consistency::none})),
              ExitCode::usage, "asks for a parameter server's consistency, but has none");
  for (const auto& consistency : {std::optional<Consistency>{}, std::optional{Consistency::none}}) {
    CHECK_FAILS(
        check_names(with_strategy("mine", {.consistency = consistency, .center_momentum = true})),
        ExitCode::usage, "moves a center's momentum, which needs a parameter server and");
  }
}
