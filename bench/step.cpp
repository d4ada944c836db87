// SPDX-License-Identifier: Apache-2.0
// tusk_bench_step [--json]: how fast the worker's step is, on one core, as a share of what the core
// can do at most.
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <string_view>

#include "fma_peak.hpp"
#include "step_cases.hpp"
#include "tusk/core/units.hpp"

namespace {

using namespace tusk::bench;

void print_row(const StepCase& c, const StepTimes& t, double peak) {
  const double gflops = t.flops / t.step_s * 1e-9;
  fmt::print(
      "{:<24} {:>5} {:>9.3f} {:>9.3f} {:>9.3f} {:>9.3f} {:>8.1f} {:>5.0f}% {:>11}\n", c.name,
      c.batch, t.forward_s * 1e3, t.backward_s * 1e3, t.optimizer_s * 1e3, t.step_s * 1e3, gflops,
      100.0 * gflops / peak,
      tusk::format_count(static_cast<std::uint64_t>(static_cast<double>(c.batch) / t.step_s)));
}

void print_json(const StepCase& c, const StepTimes& t, double peak) {
  const double gflops = t.flops / t.step_s * 1e-9;
  fmt::print(R"({{"network": "{}", "batch": {}, "forward_s": {:.4g}, "backward_s": {:.4g}, )"
             R"("optimizer_s": {:.4g}, "step_s": {:.4g}, "gflops": {:.4g}, "peak_gflops": {:.4g}, )"
             R"("samples_per_s": {:.4g}}})"
             "\n",
             c.name, c.batch, t.forward_s, t.backward_s, t.optimizer_s, t.step_s, gflops, peak,
             static_cast<double>(c.batch) / t.step_s);
}

}  // namespace

int main(int argc, char** argv) {
  const bool json = argc == 2 && std::string_view(argv[1]) == "--json";
  if (argc > 1 && !json) {
    fmt::print(stderr, "usage: tusk_bench_step [--json]\n");
    return 64;
  }
  const double peak = fma_peak_gflops();
  if (!json) {
    fmt::print("one core, fused multiply-add peak {:.1f} GFLOP/s\n", peak);
    fmt::print("{:<24} {:>5} {:>9} {:>9} {:>9} {:>9} {:>8} {:>6} {:>11}\n", "network", "batch",
               "fwd ms", "bwd ms", "optim ms", "step ms", "GFLOP/s", "peak", "samples/s");
  }
  for (const StepCase& step_case : step_cases()) {
    const StepTimes times = measure(step_case);
    json ? print_json(step_case, times, peak) : print_row(step_case, times, peak);
  }
  return 0;
}
