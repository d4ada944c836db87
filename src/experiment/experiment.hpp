// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "experiment/callback_options.hpp"
#include "experiment/checkpoint_options.hpp"
#include "experiment/data_options.hpp"
#include "experiment/debug_options.hpp"
#include "experiment/export_options.hpp"
#include "experiment/history_options.hpp"
#include "experiment/model_options.hpp"
#include "experiment/optimizer_options.hpp"
#include "experiment/relay_options.hpp"
#include "experiment/server_options.hpp"
#include "experiment/simulate_options.hpp"
#include "experiment/trainer_options.hpp"

namespace tusk {

// One experiment, as its TOML file and the --set options say it, every default filled in.
struct Experiment {
  std::string name;
  std::uint64_t seed = 0;
  DataOptions data;
  ModelOptions model;
  OptimizerOptions optimizer;
  TrainerOptions trainer;
  ServerOptions server;
  std::optional<RelayOptions> relay;  // none: the default of the trainer's rule, in a tree
  SimulateOptions simulate;
  CallbackOptions callbacks;
  CheckpointOptions checkpoint;
  HistoryOptions history;
  ExportOptions output;
  DebugOptions debug;

  friend bool operator==(const Experiment&, const Experiment&) = default;
};

}  // namespace tusk
