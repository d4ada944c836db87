// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "check_fails.hpp"
#include "exchange/center/local_center.hpp"
#include "exchange/strategies/registry.hpp"
#include "own_rules.hpp"
#include "tusk/error.hpp"
#include "tusk/peers.hpp"

using namespace tusk;
using namespace tusk::strategies;

namespace {

// What is said; "" if nothing is wrong.
std::string complaint(const StrategyOptions& options, const OptimizerOptions& optimizer,
                      std::size_t workers = 2) {
  try {
    check_strategy(options, optimizer, workers);
  } catch (const Error& error) {
    return error.code() == ExitCode::bad_experiment ? error.what() : "wrong exit code";
  }
  return "";
}

const OptimizerOptions plain{.kind = SgdOptions{}, .learning_rate = 0.1};

}  // namespace

TEST_CASE("a moving rate outside of (0, 1) is an error that says where it comes from") {
  CHECK(complaint(AeasgdOptions{.moving_rate = {.rho = 10.0}}, plain) ==
        "the moving rate must lie between 0 and 1, but trainer.rho · optimizer.learning_rate = "
        "10 · 0.1 is 1; trainer.alpha sets it");
  CHECK(complaint(EasgdOptions{.moving_rate = {.beta = 3.0}}, plain)
            .find("trainer.beta / workers = 3 / 2 is 1.5") != std::string::npos);
  CHECK(complaint(EasgdOptions{.moving_rate = {.alpha = 0.0}}, plain) != "");
  CHECK(complaint(AeasgdOptions{.moving_rate = {.rho = 5.0}}, plain) == "");
  CHECK(complaint(EasgdOptions{.moving_rate = {.beta = 3.0}}, plain, 4) == "");
}

TEST_CASE("eamsgd needs sgd with Nesterov's momentum") {
  const auto with = [](const OptimizerKind& kind) {
    return complaint(EamsgdOptions{}, {.kind = kind, .learning_rate = 0.1});
  };
  CHECK(with(SgdOptions{.momentum = 0.9, .nesterov = true}) == "");
  for (const OptimizerKind& kind :
       {OptimizerKind{SgdOptions{.momentum = 0.9}}, OptimizerKind{SgdOptions{.nesterov = true}},
        OptimizerKind{AdamOptions{}}, OptimizerKind{RmspropOptions{.momentum = 0.9}}}) {
    CHECK(with(kind).starts_with("trainer 'eamsgd' needs Nesterov's momentum"));
  }
}

TEST_CASE("experimental needs a learning rate") {
  CHECK(complaint(ExperimentalOptions{}, plain) == "");
  CHECK(complaint(ExperimentalOptions{}, {.kind = SgdOptions{}, .learning_rate = 0.0}) != "");
}

TEST_CASE("a user's strategy says itself what it cannot work with") {
  const Extensions extensions = test::with_own_rules();
  CHECK(complaint(test::relay(extensions, 3), plain) == "");
  CHECK(complaint(test::relay(extensions, 3), {.kind = SgdOptions{}, .learning_rate = 0.0}, 4) ==
        "trainer 'relay' stands still for 4 workers and windows of 3");
  CHECK(complaint(test::chorus(extensions), {.kind = SgdOptions{}, .learning_rate = 0.0}) == "");
}

TEST_CASE("a strategy is not made with what it cannot work with") {
  Surroundings without;
  CHECK_THROWS_AS(make_strategy(EamsgdOptions{}, without), Error);
  CHECK_THROWS_AS(make_strategy(AeasgdOptions{.moving_rate = {.beta = 2.0}}, without), Error);
}

TEST_CASE("every strategy knows where its model lives") {
  CHECK(topology(SingleOptions{}) == Topology::sequential);
  CHECK(topology(EnsembleOptions{}) == Topology::independent);
  for (const StrategyOptions& options :
       {StrategyOptions{EasgdOptions{}}, StrategyOptions{AveragingOptions{}},
        StrategyOptions{DilocoOptions{}}, StrategyOptions{SyncSgdOptions{}}}) {
    CHECK(topology(options) == Topology::peers);
  }
  for (const StrategyOptions& options :
       {StrategyOptions{DownpourOptions{}}, StrategyOptions{HogwildOptions{}},
        StrategyOptions{AsyncLocalSgdOptions{}}, StrategyOptions{DelayedNesterovOptions{}},
        StrategyOptions{AeasgdOptions{}}, StrategyOptions{GemOptions{}}}) {
    CHECK(topology(options) == Topology::parameter_server);
  }
}

TEST_CASE("a rule's traits say what its strategy does") {
  center::LocalCenter center(center::make_local_state(std::vector<float>(1), 1));
  center::LonePeer peer;
  const std::vector<float> velocity(1);
  const Surroundings with{
      .center = &center, .peers = &peer, .learning_rate = 0.1, .velocity = velocity};
  for (const StrategyOptions& options :
       {StrategyOptions{SingleOptions{}}, StrategyOptions{DownpourOptions{}},
        StrategyOptions{AeasgdOptions{}}, StrategyOptions{EamsgdOptions{}},
        StrategyOptions{EasgdOptions{}}, StrategyOptions{AveragingOptions{}},
        StrategyOptions{DilocoOptions{}}, StrategyOptions{SyncSgdOptions{}},
        StrategyOptions{GemOptions{}}, StrategyOptions{AsyncLocalSgdOptions{}},
        StrategyOptions{DelayedNesterovOptions{}}}) {
    CAPTURE(name_of_rule(options));
    const auto strategy = make_strategy(options, with);
    CHECK(strategy->shares_gradients() == traits(options).shares_gradients);
  }
}

TEST_CASE("hogwild asks for a center whose reads and writes race, whatever is wished") {
  TrainerOptions trainer{.strategy = HogwildOptions{}};
  CHECK(wanted_consistency(trainer) == Consistency::none);
  trainer.strategy = DownpourOptions{};
  CHECK_FALSE(wanted_consistency(trainer));
  trainer.strategy = DelayedNesterovOptions{};
  CHECK(wanted_consistency(trainer) == Consistency::snapshot);
  trainer.strategy = DownpourOptions{};
  trainer.consistency = Consistency::element;
  CHECK(wanted_consistency(trainer) == Consistency::element);
}

TEST_CASE("only a center is spread over servers, and not one that all ranks map") {
  const ServerOptions two{.shards = 2};
  for (const StrategyOptions& options :
       {StrategyOptions{DownpourOptions{}}, StrategyOptions{AeasgdOptions{}},
        StrategyOptions{HogwildOptions{}}}) {
    CHECK_NOTHROW(check_shards(options, two));
    CHECK_NOTHROW(check_shards(options, {.transport = Transport::rma, .shards = 2}));
    CHECK_THROWS_AS(check_shards(options, {.transport = Transport::shared, .shards = 2}), Error);
    CHECK_NOTHROW(check_shards(options, {.transport = Transport::shared}));
  }
  for (const StrategyOptions& options :
       {StrategyOptions{EasgdOptions{}}, StrategyOptions{DilocoOptions{}},
        StrategyOptions{SingleOptions{}}, StrategyOptions{EnsembleOptions{}}}) {
    CHECK_THROWS_AS(check_shards(options, two), Error);
    CHECK_NOTHROW(check_shards(options, {}));
  }
}

TEST_CASE("only commits are compressed, not the positions of the elastic rules") {
  const CompressionOptions bf16{.kind = CompressionKind::bf16};
  for (const StrategyOptions& options :
       {StrategyOptions{DownpourOptions{}}, StrategyOptions{DynsgdOptions{}},
        StrategyOptions{ExperimentalOptions{}}, StrategyOptions{GemOptions{}},
        StrategyOptions{AsyncLocalSgdOptions{}}, StrategyOptions{DelayedNesterovOptions{}}}) {
    CHECK_NOTHROW(check_compression(options, bf16));
  }
  for (const StrategyOptions& options :
       {StrategyOptions{AeasgdOptions{}}, StrategyOptions{EamsgdOptions{}},
        StrategyOptions{AveragingOptions{}}, StrategyOptions{DilocoOptions{}},
        StrategyOptions{SingleOptions{}}}) {
    CHECK_THROWS_AS(check_compression(options, bf16), Error);
    CHECK_NOTHROW(check_compression(options, {}));
  }
}

namespace {

struct StandingStill final : Strategy {
  struct Options {
    friend void describe(options::Fields&, Options&) {}
  };
  StandingStill(const Options&, const Surroundings&) {}
  std::size_t communication_window() const override { return 0; }
  void on_start(std::span<float>) override {}
  void on_window_end(std::span<float>, const Window&) override {}
};

}  // namespace

TEST_CASE(
    "what a user's strategy or optimizer says of itself is checked where a worker relies on it") {
  Extensions extensions{.package = "mylab"};
  extensions.add_strategy<StandingStill>("still", {.topology = Topology::sequential});
  extensions.add_strategy<StandingStill::Options>(
      "nothing", {.topology = Topology::sequential},
      [](const auto&, const Surroundings&) { return std::unique_ptr<Strategy>(); });
  extensions.add_strategy<StandingStill::Options>(
      "broken", {.topology = Topology::sequential},
      [](const auto&, const Surroundings&) -> std::unique_ptr<Strategy> {
        throw std::runtime_error("it has no window");
      });
  const auto make = [&](std::size_t kind) {
    return make_strategy(
        UserStrategy{extensions.strategies[kind], extensions.strategies[kind]->defaults}, {});
  };
  CHECK_FAILS(make(0), ExitCode::internal, "trainer 'still' has windows of 0 steps");
  CHECK_FAILS(make(1), ExitCode::internal, "trainer 'nothing' makes no strategy");
  CHECK_FAILS(make(2), ExitCode::internal, "trainer 'broken': it has no window");

  const std::vector<float> weights(3);
  center::LocalCenter center(center::make_local_state(weights, 1));
  const std::vector<float> velocity(1);
  CHECK_FAILS(make_strategy(
                  EamsgdOptions{},
                  {.center = &center, .learning_rate = 0.1, .velocity = velocity, .momentum = 0.9}),
              ExitCode::internal, "the optimizer looks ahead by a velocity of 1 numbers for 3");
}
