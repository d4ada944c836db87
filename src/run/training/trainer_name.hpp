// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <variant>

#include "experiment/experiment.hpp"

namespace tusk::training {

// The name of the experiment's trainer ("adag"), as the experiment file has it.
inline std::string trainer_name(const Experiment& experiment) {
  return std::visit([](const auto& options) { return std::string(options.name); },
                    experiment.trainer.strategy);
}

}  // namespace tusk::training
