// SPDX-License-Identifier: Apache-2.0
// tusk_bench_exchange [options]: what an exchange with the center costs, as a multiple of what the
// same data costs as plain loops over private memory, done in turns with it by as many processes at
// once. Under mpirun; rank 0 serves, all others exchange without a pause.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
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
  int rounds = 15;
  bool json = false;
};

// A worker's vectors and, for the limit, a center of its own.
struct Vectors {
  explicit Vectors(std::size_t size) : delta(size, 1e-9F), out(size), theta(size) {}

  AlignedVector<float> delta;
  AlignedVector<float> out;
  AlignedVector<float> theta;
};

enum class Operation { pull, commit, commit_and_pull };
constexpr const char* names[] = {"pull", "commit", "commit and pull"};

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

void plain(Operation operation, Vectors& v) {
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
  Benchmark benchmark(
      world, center::make_center(world, initial, arguments.server, arguments.consistency), size);
  const int repetitions = static_cast<int>(std::clamp<std::size_t>(20'000'000 / size, 2, 40));
  for (const auto operation : {Operation::pull, Operation::commit, Operation::commit_and_pull}) {
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
  app.add_option("--rounds", arguments.rounds, "Whose median is printed");
  app.add_flag("--json", arguments.json, "One object a line");
  return bench::run_program(argc, argv, app, [&](const mpi::Communicator& world) {
    if (world.size() < 2) fail(ExitCode::usage, "at least two ranks: mpirun -n 3 …");
    if (world.rank() == 0 && !arguments.json) {
      fmt::print("{:<8} {:<9} {:>7} {:>10} {:<16} {:>9} {:>6}\n", "", "", "workers", "floats", "",
                 "ms", "ratio");
    }
    for (const std::size_t size : arguments.floats) measure(arguments, world, size);
  });
}
