// SPDX-License-Identifier: Apache-2.0
// tusk_bench_step [--json]: how fast the worker's step is, on one core, and what share that is of
// what the core can do at most. With --json one object a line.
#include <fmt/format.h>

#include <cstdint>
#include <cstdio>
#include <string_view>

#include "step_cases.hpp"
#include "tusk/core/units.hpp"

namespace {

using namespace tusk::bench;

void print_row(const StepCase& c, const StepTimes& t) {
  const auto rate = static_cast<std::uint64_t>(static_cast<double>(c.batch) / t.step_s);
  fmt::print("{:<24} {:>5} {:>9.3f} {:>9.3f} {:>9.3f} {:>9.3f} {:>8.1f} {:>5.0f}% {:>11}\n", c.name,
             c.batch, t.forward_s * 1e3, t.backward_s * 1e3, t.optimizer_s * 1e3, t.step_s * 1e3,
             t.gflops, 100.0 * t.gflops / t.peak_gflops, tusk::format_count(rate));
}

void print_json(const StepCase& c, const StepTimes& t) {
  fmt::print(R"({{"network": "{}", "batch": {}, "forward_s": {:.4g}, "backward_s": {:.4g}, )"
             R"("optimizer_s": {:.4g}, "step_s": {:.4g}, "gflops": {:.4g}, "peak_gflops": {:.4g}, )"
             R"("samples_per_s": {:.4g}}})"
             "\n",
             c.name, c.batch, t.forward_s, t.backward_s, t.optimizer_s, t.step_s, t.gflops,
             t.peak_gflops, static_cast<double>(c.batch) / t.step_s);
}

}  // namespace

int main(int argc, char** argv) {
  const bool json = argc == 2 && std::string_view(argv[1]) == "--json";
  if (argc > 1 && !json) {
    fmt::print(stderr, "usage: tusk_bench_step [--json]\n");
    return 64;
  }
  if (!json) {
    fmt::print("{:<24} {:>5} {:>9} {:>9} {:>9} {:>9} {:>8} {:>6} {:>11}\n", "network", "batch",
               "fwd ms", "bwd ms", "optim ms", "step ms", "GFLOP/s", "peak", "samples/s");
  }
  for (const StepCase& step_case : step_cases()) {
    const StepTimes times = measure(step_case);
    json ? print_json(step_case, times) : print_row(step_case, times);
  }
  return 0;
}
