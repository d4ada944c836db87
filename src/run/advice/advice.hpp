// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "experiment/experiment.hpp"
#include "run/advice/memory_rates.hpp"

// What an experiment's exchanges would cost with so many workers, before they are started, and what
// would cost less. Called by `tusk check`:
//
//   is_exchange_advised()   whether there is anything to say
//   measures()              whether what the machine can do has to be measured (step_time.hpp,
//                           memory_rates.hpp), because the experiment's [simulate] does not say it
//   exchange_text()         what is to be said, by window_cost.hpp
namespace tusk::advice {

// Where the workers are.
struct Places {
  std::size_t workers = 1;
  std::size_t nodes = 1;

  std::size_t on_a_node() const { return (workers + nodes - 1) / nodes; }
};

// What was measured.
struct Measured {
  double step_s = 0.0;
  MemoryRates memory;
};

// Several workers with a center, by a rule whose window is known.
bool is_exchange_advised(const TrainerOptions& trainer, const Places& places);

// [simulate] says what the machine is like if it has memory_bandwidth.
bool measures(const SimulateOptions& machine);

// A line or two for `tusk check`, each with a word in front and its end. `exchanged`: parameters
// that are exchanged. `measured` is there if measures().
std::string exchange_text(const Experiment& experiment, std::size_t exchanged, const Places& places,
                          const std::optional<Measured>& measured);

}  // namespace tusk::advice
