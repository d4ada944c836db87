// SPDX-License-Identifier: Apache-2.0
// tusk_bench_exchange [options]: what an exchange with the center costs, as a multiple of what the
// same data costs as plain loops over private memory, done in turns with it by as many processes at
// once. Under mpirun; rank 0 serves, all others exchange without a pause.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "exchange/center/make_center.hpp"
#include "mpi/communicator.hpp"
#include "mpi_program.hpp"
#include "served_work.hpp"
#include "tusk/aligned_vector.hpp"
#include "tusk/error.hpp"

namespace {

using namespace tusk;

struct Arguments {
  std::vector<std::size_t> floats{500'000, 1'000'000, 10'000'000};
  ServerOptions server;
  std::optional<Consistency> consistency;
  bool momentum = false;
  int rounds = 15;
  bool json = false;
};

// A worker's vectors and, for the limit, a center of its own.
struct Vectors {
  explicit Vectors(std::size_t size) : delta(size, 1e-9F), out(size), base(size), theta(size) {}

  AlignedVector<float> delta;
  AlignedVector<float> out;
  AlignedVector<float> base;  // x₀ of a change, whose x is `out`
  AlignedVector<float> theta;
};

// A change: what adag commits. With an outer momentum: one that does not move it, and a D-th.
enum class Operation { pull, commit, commit_and_pull, change, delayed, moving };
constexpr const char* names[] = {"pull",   "commit",          "commit and pull",
                                 "change", "change, delayed", "change, D-th"};
constexpr float divisor = 5.0F;
constexpr std::uint64_t never = std::uint64_t{1} << 40U;

void exchange(Operation operation, center::CenterVariable& center, Vectors& v) {
  switch (operation) {
    case Operation::pull:
      center.pull(v.out);
      return;
    case Operation::commit:
      center.commit(v.delta);
      return;
    case Operation::commit_and_pull:
      center.commit_and_pull(v.delta, v.out);
      return;
    case Operation::change:
      center.commit_change(v.out, v.base, {.divisor = divisor});
      return;
    case Operation::delayed:
    case Operation::moving:
      const std::uint64_t every = operation == Operation::delayed ? never : 1;
      center.commit_change(
          v.out, v.base,
          {.divisor = divisor,
           .momentum = center::OuterMomentum{.every = every, .momentum = 0.9F, .mean = 0.5F}});
      return;
  }
}

// noipa: as written, one loop after the other.
[[gnu::noipa]] void add(std::span<const float> delta, std::span<float> theta) {
#pragma GCC ivdep
  for (std::size_t i = 0; i < theta.size(); ++i) theta[i] += delta[i];
}
[[gnu::noipa]] void copy(std::span<const float> theta, std::span<float> out) {
  std::ranges::copy(theta, out.begin());
}

[[gnu::noipa]] void change(std::span<float> x, std::span<float> base, std::span<float> theta) {
#pragma GCC ivdep
  for (std::size_t i = 0; i < theta.size(); ++i) {
    const float sum = theta[i] + (x[i] - base[i]) / divisor;
    theta[i] = x[i] = base[i] = sum;
  }
}

void plain(Operation operation, Vectors& v) {
  if (operation >= Operation::change) return change(v.out, v.base, v.theta);
  if (operation != Operation::pull) add(v.delta, v.theta);
  if (operation != Operation::commit) copy(v.theta, v.out);
}

class Benchmark {
 public:
  Benchmark(const mpi::Communicator& world, center::Center center, std::size_t size)
      : world_(world), center_(std::move(center)), vectors_(center_.worker ? size : 0) {}

  // Seconds of one exchange and one plain operation, a round: the mean over the workers.
  std::pair<double, double> round(Operation operation, int repetitions) {
    const double plain_s = timed([&] { plain(operation, vectors_); }, repetitions);
    const double exchange_s =
        timed([&] { exchange(operation, *center_.worker, vectors_); }, repetitions);
    return {exchange_s, plain_s};
  }

  const center::Center& center() const { return center_; }

 private:
  template <typename Work>
  double timed(Work work, int repetitions) {
    return bench::mean_over_workers_s(world_, center_, repetitions, [&] {
      for (int i = 0; i < repetitions; ++i) work();
    });
  }

  const mpi::Communicator& world_;
  center::Center center_;
  Vectors vectors_;
};

void measure(const Arguments& arguments, const mpi::Communicator& world, std::size_t size) {
  const AlignedVector<float> initial(size, 0.0F);
  const AlignedVector<float> momentum(arguments.momentum ? 2 * size : 0);
  Benchmark benchmark(world,
                      center::make_center(world, initial, arguments.server, arguments.consistency,
                                          /*statistics=*/0, momentum),
                      size);
  const int repetitions = static_cast<int>(std::clamp<std::size_t>(20'000'000 / size, 2, 40));
  std::vector<Operation> operations{Operation::pull, Operation::commit, Operation::commit_and_pull,
                                    Operation::change};
  if (arguments.momentum) {
    operations.insert(operations.end(), {Operation::delayed, Operation::moving});
  }
  for (const Operation operation : operations) {
    benchmark.round(operation, 1);  // warms up
    std::vector<double> exchanges, ratios;
    for (int i = 0; i < arguments.rounds; ++i) {
      const auto [exchange_s, plain_s] = benchmark.round(operation, repetitions);
      exchanges.push_back(exchange_s);
      ratios.push_back(exchange_s / plain_s);
    }
    if (world.rank() != 0) continue;
    const char* name = names[static_cast<int>(operation)];
    const auto chosen = name_of(benchmark.center().transport);
    const auto promised = name_of(benchmark.center().consistency);
    if (arguments.json) {
      fmt::print(R"({{"transport": "{}", "consistency": "{}", "workers": {}, "floats": {}, )"
                 R"("operation": "{}", "exchange_s": {:.4g}, "ratio": {:.3f}}})"
                 "\n",
                 chosen, promised, world.size() - 1, size, name, bench::median(exchanges),
                 bench::median(ratios));
    } else {
      fmt::print("{:<8} {:<9} {:>7} {:>10} {:<16} {:>9.3f} {:>6.2f}\n", chosen, promised,
                 world.size() - 1, size, name, bench::median(exchanges) * 1e3,
                 bench::median(ratios));
    }
    std::fflush(stdout);
  }
}

}  // namespace

int main(int argc, char** argv) {
  Arguments arguments;
  CLI::App app("What an exchange with the center costs");
  app.add_option("--floats", arguments.floats, "Sizes of the center")->delimiter(',');
  app.add_option("--transport", arguments.server.transport)
      ->transform(CLI::CheckedTransformer(bench::choices<Transport>()));
  app.add_option("--consistency", arguments.consistency)
      ->transform(CLI::CheckedTransformer(bench::choices<Consistency>()));
  app.add_option("--compression", arguments.server.compression.kind)
      ->transform(CLI::CheckedTransformer(bench::choices<CompressionKind>()));
  app.add_option("--topk-fraction", arguments.server.compression.topk_fraction);
  app.add_flag("--momentum", arguments.momentum,
               "Also changes that move an outer momentum, with consistency snapshot");
  app.add_option("--rounds", arguments.rounds, "Whose median is printed");
  app.add_flag("--json", arguments.json, "One object a line");
  return bench::run_program(argc, argv, app, [&](const mpi::Communicator& world) {
    if (world.size() < 2) fail(ExitCode::usage, "at least two ranks: mpirun -n 3 …");
    if (arguments.momentum) arguments.consistency = Consistency::snapshot;
    if (world.rank() == 0 && !arguments.json) {
      fmt::print("{:<8} {:<9} {:>7} {:>10} {:<16} {:>9} {:>6}\n", "", "", "workers", "floats", "",
                 "ms", "ratio");
    }
    for (const std::size_t size : arguments.floats) measure(arguments, world, size);
  });
}
