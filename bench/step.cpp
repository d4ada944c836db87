// SPDX-License-Identifier: Apache-2.0
// tusk_bench_step [--json] [--threads 1,2] [--only NAME]: how fast the worker's step is, and what
// share that is of what its cores can do at most.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "core/units.hpp"
#include "step_cases.hpp"

namespace {

using namespace tusk::bench;

void print_header() {
  fmt::print("{:<24} {:>5} {:>7} {:>8} {:>8} {:>8} {:>8} {:>8} {:>5} {:>6} {:>8} {:>8} {:>11}\n",
             "network", "batch", "threads", "fwd ms", "bwd ms", "optim ms", "step ms", "GFLOP/s",
             "peak", "GB/s", "bound ms", "of bound", "samples/s");
}

void print_row(const StepCase& c, std::size_t threads, const StepTimes& t) {
  const auto rate = static_cast<std::uint64_t>(static_cast<double>(c.batch) / t.step_s);
  fmt::print(
      "{:<24} {:>5} {:>7} {:>8.3f} {:>8.3f} {:>8.3f} {:>8.3f} {:>8.1f} {:>4.0f}% {:>6.1f} "
      "{:>8.3f} {:>7.0f}% {:>11}\n",
      c.name, c.batch, threads, t.forward_s * 1e3, t.backward_s * 1e3, t.optimizer_s * 1e3,
      t.step_s * 1e3, t.gflops, 100.0 * t.gflops / (t.peak_gflops * static_cast<double>(threads)),
      t.traffic_gbps, t.bound_s(threads) * 1e3, 100.0 * t.bound_s(threads) / t.step_s,
      tusk::format_count(rate));
}

void print_json(const StepCase& c, std::size_t threads, const StepTimes& t) {
  fmt::print(R"({{"network": "{}", "batch": {}, "threads": {}, "forward_s": {:.4g}, )"
             R"("backward_s": {:.4g}, "optimizer_s": {:.4g}, "step_s": {:.4g}, "gflops": {:.4g}, )"
             R"("peak_gflops": {:.4g}, "traffic_gbps": {:.4g}, "bound_s": {:.4g}, )"
             R"("samples_per_s": {:.4g}, "memory_mb": {:.4g}}})"
             "\n",
             c.name, c.batch, threads, t.forward_s, t.backward_s, t.optimizer_s, t.step_s, t.gflops,
             t.peak_gflops, t.traffic_gbps, t.bound_s(threads),
             static_cast<double>(c.batch) / t.step_s, t.memory_mb);
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("How fast the worker's step is, and what share that is of what its cores can do");
  bool json = false;
  std::string only;
  std::vector<std::size_t> threads{1};
  app.add_flag("--json", json, "One object a line");
  app.add_option("--threads", threads, "Numbers of threads to measure in turns, as in 1,2")
      ->delimiter(',')
      ->check(CLI::Range(1, 1024));
  app.add_option("--only", only, "Networks whose names have this in them");
  CLI11_PARSE(app, argc, argv);
  if (!json) print_header();
  for (const StepCase& step_case : step_cases()) {
    if (step_case.name.find(only) == std::string::npos) continue;
    for (const std::size_t count : threads) {
      const StepTimes times = measure(step_case, count);
      json ? print_json(step_case, count, times) : print_row(step_case, count, times);
    }
  }
  return 0;
}
