// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "check_fails.hpp"
#include "run/simulation/simulate.hpp"

using namespace tusk;
using doctest::Approx;
using simulation::project_times;

namespace {

constexpr std::size_t parameters = 1'000'000;  // 4 MB a vector

// Steps of `step_s` on batches of one sample, a vector in `vector_s`.
Experiment experiment(StrategyOptions strategy, StepTime step_s, double vector_s) {
  Experiment experiment;
  experiment.trainer.strategy = strategy;
  experiment.trainer.batch_size = 1;
  experiment.simulate = {
      .step_time = step_s, .latency = 0.0, .bandwidth = 4.0 * parameters / vector_s};
  return experiment;
}

}  // namespace

TEST_CASE("one worker: the pull, every step, and an exchange between two windows") {
  const auto once = experiment(DownpourOptions{.communication_window = 4}, 0.5, 0.01);
  const auto projection = project_times(once, parameters, 10, 1);
  CHECK(projection.elapsed_s == Approx(0.01 + 10 * 0.5 + 2 * 0.02));
  CHECK(projection.staleness.commits == 3);
  CHECK(projection.staleness.max == 0);
}

TEST_CASE("exchanges beside the steps cost what is not over when the next is due") {
  auto once = experiment(DownpourOptions{.communication_window = 1}, 0.5, 0.01);
  once.trainer.overlap = true;
  // The pull and the last exchange are waited for.
  CHECK(project_times(once, parameters, 10, 1).elapsed_s == Approx(0.01 + 10 * 0.5));
  const auto slow = experiment(DownpourOptions{.communication_window = 1}, 0.5, 0.4);
  auto beside = slow;
  beside.trainer.overlap = true;
  const double after_s = project_times(slow, parameters, 10, 1).elapsed_s;
  const double beside_s = project_times(beside, parameters, 10, 1).elapsed_s;
  CHECK(after_s == Approx(0.4 + 10 * 0.5 + 9 * 0.8));
  CHECK(beside_s == Approx(0.4 + 2 * 0.5 + 8 * 0.8));  // each but the first step within an exchange
}

TEST_CASE("a simulation like a run: its steps, its exchanges, no queue at the server") {
  const auto once = experiment(DownpourOptions{.communication_window = 4}, 100.0, 100.0);
  const records::RunTimes run{{.steps_s = {0.5}, .exchanges_s = {0.02}}};
  const auto projection = project_times(once, parameters, 30, 3, &run);
  CHECK(projection.elapsed_s == Approx(0.02 + 10 * 0.5 + 2 * 0.02));  // as if each were alone
  CHECK(projection.staleness.commits == 9);
  CHECK_FAILS(simulation::check_workers(experiment(EasgdOptions{}, 1.0, 1.0), 2, &run),
              ExitCode::bad_experiment, "--like takes the times of workers with a parameter");
}

TEST_CASE("latency counts once an exchange") {
  auto once = experiment(DownpourOptions{.communication_window = 1}, 0.5, 0.01);
  once.simulate.latency = 0.1;
  CHECK(project_times(once, parameters, 10, 1).elapsed_s == Approx(0.11 + 10 * 0.5 + 9 * 0.12));
}

TEST_CASE("a server that is never idle: its throughput decides, and workers take turns") {
  constexpr std::size_t n = 8;
  constexpr std::size_t steps = 25;  // of each worker
  const auto once = experiment(DownpourOptions{.communication_window = 1}, 0.05, 0.01);
  const auto projection = project_times(once, parameters, n * steps, n);
  // All pull first; then a commit every 0.02 s; the last step begins after all but the last n.
  CHECK(projection.elapsed_s == Approx(n * 0.01 + (steps - 1) * n * 0.02 + 0.05));
  CHECK(projection.staleness.commits == n * steps);
  CHECK(projection.staleness.max == n - 1);
  // In the first round worker i comes after i others, from then on everyone after n − 1.
  CHECK(projection.staleness.sum == n * (n - 1) / 2 + (steps - 1) * n * (n - 1));
}

TEST_CASE("several servers: a worker alone pays their latencies, many need not queue up") {
  auto once = experiment(DownpourOptions{.communication_window = 1}, 0.05, 0.01);
  const double queueing_s = project_times(once, parameters, 8 * 25, 8).elapsed_s;
  once.server.shards = 4;
  const auto projection = project_times(once, parameters, 8 * 25, 8);
  CHECK(projection.elapsed_s < queueing_s / 2);
  CHECK(projection.staleness.commits == 8 * 25);
  once.simulate.latency = 0.1;
  CHECK(project_times(once, parameters, 10, 1).elapsed_s == Approx(0.41 + 10 * 0.05 + 9 * 0.42));
  once.server.shards = 100;  // more than the network that stands in has by default
  CHECK(project_times(once, parameters, 10, 1).staleness.commits == 10);
}

TEST_CASE("exchanges that cost nothing: n workers are n times as fast") {
  const auto once = experiment(AdagOptions{.communication_window = 5}, 0.01, 1e-12);
  for (const std::size_t n : {1, 2, 10, 100}) {
    CHECK(project_times(once, parameters, 1000, n).elapsed_s ==
          Approx(1000 * 0.01 / static_cast<double>(n)));
  }
}

TEST_CASE("synchronous rules wait for the slowest at every meeting") {
  const auto once = experiment(SyncSgdOptions{}, std::vector{0.1, 0.3, 0.2}, 0.01);
  const auto projection = project_times(once, parameters, 30, 3);
  CHECK(projection.elapsed_s == Approx(10 * (0.3 + 0.02)).epsilon(1e-4));
  const auto rarely =
      experiment(AveragingOptions{.communication_window = 5}, std::vector{0.1, 0.3, 0.2}, 0.01);
  // Sums of doubles; the slowest worker's last step comes before the last meeting.
  CHECK(project_times(rarely, parameters, 30, 3).elapsed_s ==
        Approx(10 * 0.3 + 0.04).epsilon(1e-4));
}

TEST_CASE("bounded staleness holds the fast ones back, and its promise") {
  auto once = experiment(DownpourOptions{.communication_window = 1},
                         std::vector{0.01, 0.01, 0.01, 0.1}, 1e-9);
  const auto free = project_times(once, parameters, 400, 4);
  CHECK(free.staleness.max > 25);
  for (const std::size_t s : {0, 1, 3}) {
    once.trainer.max_staleness = s;
    const auto bounded = project_times(once, parameters, 400, 4);
    CHECK(bounded.staleness.max <= 3 * (2 * s + 1));
    CHECK(bounded.elapsed_s == Approx(100 * 0.1).epsilon(0.01));
  }
}

TEST_CASE("the bound on staleness holds for workers of any speed, and no smaller one would") {
  constexpr std::size_t n = 3;
  // An elastic rule's exchange comes early in a window, and once more at the end.
  const std::vector<std::pair<StrategyOptions, std::size_t>> rules{
      {DownpourOptions{.communication_window = 1}, 1},
      {AeasgdOptions{.communication_window = 1}, 3}};
  for (const auto& [rule, more] : rules) {
    for (const std::size_t s : {0, 1, 2}) {
      std::uint64_t most = 0;
      for (std::uint64_t seed = 0; seed < 200; ++seed) {
        auto erratic =
            experiment(rule, TimeDistribution(LognormalTime{.mean = 0.01, .sigma = 3.0}), 1e-9);
        erratic.seed = seed;
        erratic.trainer.epochs = 1 + seed % 3;
        erratic.trainer.max_staleness = s;
        const std::uint64_t rows = n * (s + 3) + seed % n;  // shards of different sizes, too
        most = std::max(most, project_times(erratic, parameters, rows, n).staleness.max);
      }
      CHECK(most == (n - 1) * (2 * s + more));
    }
  }
}

TEST_CASE("partitions that are claimed let the fast ones do the slow one's work") {
  auto once = experiment(AdagOptions{.communication_window = 5}, 0.01, 1e-9);
  once.debug.slow = SlowOptions{.worker = 2, .factor = 10.0};
  const double fixed_s = project_times(once, parameters, 1600, 4).elapsed_s;
  CHECK(fixed_s == Approx(400 * 0.1));
  once.trainer.parallelism_factor = 8;
  CHECK(project_times(once, parameters, 1600, 4).elapsed_s < fixed_s / 2);
  once.debug.slow->worker.reset();  // everyone is slow
  CHECK(project_times(once, parameters, 1600, 4).elapsed_s >= fixed_s * 0.99);
}

TEST_CASE("a projection repeats to the last digit") {
  const auto once = experiment(AdagOptions{.communication_window = 3},
                               TimeDistribution(LognormalTime{.mean = 0.01, .sigma = 0.5}), 1e-3);
  const auto one = project_times(once, parameters, 5000, 30);
  const auto again = project_times(once, parameters, 5000, 30);
  CHECK(one.elapsed_s == again.elapsed_s);
  CHECK(one.staleness.sum == again.staleness.sum);
}

TEST_CASE("ten thousand virtual workers, and a tree of them") {
  auto once = experiment(DownpourOptions{.communication_window = 5}, 0.01, 1e-6);
  CHECK(project_times(once, parameters, 200'000, 10'000).staleness.commits == 40'000);
  once.server.topology = ServerTopology::tree;
  once.server.ranks_per_node = 129;
  CHECK(project_times(once, parameters, 200'000, 10'000).samples == 200'000);
}

TEST_CASE("trainers without workers to simulate say so") {
  Experiment once;
  once.trainer.strategy = SingleOptions{};
  CHECK_NOTHROW(simulation::check_workers(once, 1));
  CHECK_FAILS(simulation::check_workers(once, 2), ExitCode::bad_experiment, "one worker");
  once.trainer.strategy = EnsembleOptions{};
  CHECK_FAILS(simulation::check_workers(once, 2), ExitCode::bad_experiment, "ensemble");
}

TEST_CASE("what so many workers cannot do is known before the first simulation of a sweep") {
  Experiment once;
  once.trainer.strategy = DownpourOptions{};
  once.debug.slow = SlowOptions{.worker = 2, .factor = 10.0};
  CHECK_NOTHROW(simulation::check_workers(once, 3));
  CHECK_FAILS(simulation::check_workers(once, 2), ExitCode::bad_experiment, "debug.slow.worker");
  once.trainer.strategy = AeasgdOptions{.moving_rate = {.beta = 3.0}};
  CHECK_NOTHROW(simulation::check_workers(once, 4));
  CHECK_FAILS(simulation::check_workers(once, 3), ExitCode::bad_experiment, "moving rate");
}

namespace {

// n workers with a memory of their node's, of which one exchange takes `vector_s` alone, for four
// bytes a parameter.
Experiment in_memory(double vector_s, double cores, std::size_t at_once = 1000) {
  Experiment once = experiment(DownpourOptions{.communication_window = 1}, 1.0, vector_s);
  once.simulate.memory_bandwidth = cores * once.simulate.bandwidth;
  once.simulate.exchanges_at_once = at_once;
  return once;
}

}  // namespace

TEST_CASE("a node's memory is shared out evenly among those who exchange at once") {
  // Eight workers, all in step: a pull sweeps two vectors, an exchange six.
  const auto elapsed_s = [](const Experiment& once) {
    return project_times(once, parameters, 8 * 3, 8).elapsed_s;
  };
  CHECK(elapsed_s(in_memory(0.01, 8.0)) == Approx(0.02 + 3.0 + 2 * 0.06));
  CHECK(elapsed_s(in_memory(0.01, 100.0)) == Approx(0.02 + 3.0 + 2 * 0.06));  // a core's limit
  CHECK(elapsed_s(in_memory(0.01, 2.0)) == Approx(4 * 0.02 + 3.0 + 2 * 4 * 0.06));
  // Two at once: at the first exchange the last pair waits for three others, and from then on they
  // come one after another.
  CHECK(elapsed_s(in_memory(0.01, 8.0, 2)) == Approx(0.02 + 3.0 + 5 * 0.06));
}

TEST_CASE("workers of different speed: a list is for workers in turn, a distribution for each") {
  auto once = experiment(DownpourOptions{.communication_window = 1}, 0.1, 1e-9);
  once.simulate.worker_factor = std::vector{1.0, 3.0};
  CHECK(project_times(once, parameters, 40, 4).elapsed_s == Approx(10 * 0.3));
  once.simulate.worker_factor = TimeDistribution(LognormalTime{.mean = 1.0, .sigma = 0.2});
  const double erratic_s = project_times(once, parameters, 40, 4).elapsed_s;
  CHECK(erratic_s != Approx(10 * 0.1));
  once.seed = 5;
  CHECK(project_times(once, parameters, 40, 4).elapsed_s != Approx(erratic_s));
}

TEST_CASE("staggered workers begin with windows of different length, and train as much") {
  auto once = experiment(DownpourOptions{.communication_window = 4}, 0.1, 1e-9);
  const auto in_step = project_times(once, parameters, 8 * 8, 8);
  CHECK(in_step.staleness.commits == 8 * 2);
  once.simulate.stagger = true;
  const auto staggered = project_times(once, parameters, 8 * 8, 8);
  CHECK(staggered.staleness.commits == 2 * 2 + 6 * 3);  // workers 0 and 4 as before
  CHECK(staggered.samples == in_step.samples);
  once.trainer.strategy = AveragingOptions{};
  CHECK_FAILS(simulation::check_workers(once, 4), ExitCode::bad_experiment, "simulate.stagger");
}
