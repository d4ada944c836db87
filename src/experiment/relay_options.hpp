// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <variant>

#include "experiment/strategy_options.hpp"

namespace tusk {

// How often the relays of a tree exchange: so many commits of a worker apart, on average, or so
// much time ("2s").
using RelayInterval = std::variant<double, std::string>;

// The [relay] table: how the nodes of a tree of centers exchange what their workers have done. The
// rule's communication_window is not read.
struct RelayOptions {
  // DiLoCo with these numbers is what a tree has by default.
  StrategyOptions rule = DilocoOptions{.outer_learning_rate = 1.0, .outer_momentum = 0.5};
  RelayInterval every = 5.0;
  double merge = 1.0;  // w: how much of what an exchange brings is taken at once

  friend bool operator==(const RelayOptions&, const RelayOptions&) = default;
};

}  // namespace tusk
