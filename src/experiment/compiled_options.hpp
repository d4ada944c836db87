// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "experiment/model_options.hpp"
#include "experiment/optimizer_options.hpp"

namespace tusk {

// What the file of [model] says of training, for an experiment that says nothing itself: what Keras
// compiled the model with, or Tusk trained it with.
struct CompiledOptions {
  // With loss, its details, metrics and, of several outputs, their options; nothing without a loss.
  std::optional<ModelOptions> model;
  std::string no_loss;  // why there is none, for a message; may be empty

  std::optional<OptimizerOptions> optimizer;
  std::string no_optimizer;  // the same

  std::vector<LayerEntry> layers{};     // of the file, by their names there
  std::vector<std::string> left_out{};  // of what the model was compiled with; for warnings
};

}  // namespace tusk
