// SPDX-License-Identifier: Apache-2.0
#include "run/advice/advice.hpp"

#include <doctest/doctest.h>

#include <string>

#include "run/advice/memory_rates.hpp"

using namespace tusk;

namespace {

Experiment on_a_machine(StrategyOptions strategy) {
  Experiment experiment;
  experiment.trainer.strategy = std::move(strategy);
  experiment.simulate.step_time = TimeDistribution(LognormalTime{.mean = 2e-3});
  experiment.simulate.memory_bandwidth = 3e11;
  return experiment;
}

std::string text(const Experiment& experiment, const advice::Places& places) {
  CHECK_FALSE(advice::measures(experiment.simulate));
  return advice::exchange_text(experiment, 1'000'000, places, {});
}

}  // namespace

TEST_CASE("advice: what a node's memory allows, and which window would be allowed more") {
  const auto once = on_a_machine(DownpourOptions{.communication_window = 1});
  CHECK(text(once, {.workers = 128}) ==
        "exchange   128 workers on a node, 24 MB an exchange, a step of 2 ms: the node's memory "
        "(300 GB/s) allows 20% of what they would do without; communication_window = 20 would "
        "allow 94%\n"
        "           64 workers with trainer.threads = 2 would train as many samples a second, "
        "with less staleness\n");
  CHECK(text(on_a_machine(AeasgdOptions{.communication_window = 50}), {.workers = 8}) ==
        "exchange   8 workers on a node, 16 MB an exchange, a step of 2 ms: the node's memory "
        "(300 GB/s) allows 98% of what they would do without\n");
}

TEST_CASE("advice: several nodes have a server's network, or a tree") {
  auto once = on_a_machine(DownpourOptions{.communication_window = 5});
  once.simulate.network_bandwidth = 1.25e10;
  const advice::Places cluster{.workers = 4096, .nodes = 32};
  CHECK(text(once, cluster) ==
        "exchange   4,096 workers on 32 nodes, 8 MB an exchange, a step of 2 ms: 1 server of 12.5 "
        "GB/s allows 0.4% of what they would do without; communication_window = 2000 would allow "
        "100%\n"
        "           server.topology = \"tree\" would allow 81%\n");
  once.server.topology = ServerTopology::tree;
  CHECK(text(once, cluster).starts_with("exchange   128 workers on a node, 24 MB an exchange"));
}

TEST_CASE("advice: is of workers with a center") {
  TrainerOptions trainer;
  trainer.strategy = DownpourOptions{};
  CHECK(advice::is_exchange_advised(trainer, {.workers = 2}));
  CHECK_FALSE(advice::is_exchange_advised(trainer, {.workers = 1}));
  trainer.strategy = AveragingOptions{};
  CHECK_FALSE(advice::is_exchange_advised(trainer, {.workers = 2}));
}

TEST_CASE("advice: memory is measured alone and together") {
  const advice::MemoryRates rates = advice::measure_memory(100'000, 2);
  CHECK(rates.one > 1e8);
  CHECK(rates.all > 1e8);
  CHECK(rates.at_once >= 1);
  CHECK(rates.at_once <= 2);
}
