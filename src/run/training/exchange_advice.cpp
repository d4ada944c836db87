// SPDX-License-Identifier: Apache-2.0
#include "run/training/exchange_advice.hpp"

#include <fmt/format.h>

#include <cmath>

#include "exchange/strategies/window.hpp"

namespace tusk::training {
namespace {

constexpr double shortest_s = 10.0;
constexpr double much = 1.0 / 3.0;  // of the workers' time
constexpr double little = 0.1;

}  // namespace

std::optional<std::string> exchange_advice(const records::Summary& summary,
                                           const TrainerOptions& trainer) {
  const records::TimeSplit& time = summary.time;
  const double busy_s = time.compute + time.read;
  if (topology(trainer.strategy) != Topology::parameter_server) return std::nullopt;
  if (summary.elapsed_s < shortest_s || busy_s <= 0.0) return std::nullopt;  // 0 in a simulation
  const double share = time.exchange / (time.exchange + busy_s);
  if (share <= much) return std::nullopt;
  const std::optional<std::size_t> window = strategies::window_of(trainer);
  if (!window) return std::nullopt;
  const double longer =
      static_cast<double>(*window) * time.exchange / busy_s * (1 - little) / little;
  return fmt::format(
      "exchanges took {:.0f}% of the workers' time; trainer.communication_window = {} in place of "
      "{} would make that some {:.0f}%",
      100 * share, strategies::first_round_window([longer](std::size_t steps) {
        return static_cast<double>(steps) >= longer;
      }),
      *window, 100 * little);
}

}  // namespace tusk::training
