// SPDX-License-Identifier: Apache-2.0
#include "exchange/strategies/window.hpp"

#include <array>
#include <exception>
#include <span>
#include <variant>

#include "exchange/center/local_center.hpp"
#include "exchange/strategies/registry.hpp"
#include "tusk/peers.hpp"

namespace tusk::strategies {
namespace {

// Of a rule that only itself knows.
std::optional<std::size_t> window_of_made(const TrainerOptions& trainer) try {
  std::array<float, 2> at_first{};  // of an outer momentum: v, and θ_kept = θ
  center::LocalCenter center(center::make_local_state(std::span(at_first).last(1), 1, 0, at_first));
  center::LonePeer peer;
  std::array<float, 1> velocity{};
  return make_strategy(trainer.strategy, {.center = &center,
                                          .peers = &peer,
                                          .velocity = velocity,
                                          .separate_pull = trainer.max_staleness.has_value(),
                                          .overlap = trainer.overlap})
      ->communication_window();
} catch (const std::exception&) {
  return std::nullopt;
}

}  // namespace

std::optional<std::size_t> window_of(const TrainerOptions& trainer) {
  return std::visit(
      [&]<typename Rule>(const Rule& rule) -> std::optional<std::size_t> {
        if constexpr (requires { std::size_t{rule.communication_window}; }) {
          return rule.communication_window;
        } else {
          return window_of_made(trainer);
        }
      },
      trainer.strategy);
}

}  // namespace tusk::strategies
