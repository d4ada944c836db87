// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "experiment/optimizer_options.hpp"

namespace tusk::formats {

// The optimizer that a model was compiled with, as Keras writes it: {"class_name": "Adam",
// "config": {"learning_rate": 0.001, …}}. The options have Keras's names; older words (`lr`,
// `Custom>Adam`) are understood, and a schedule of the learning rate that Tusk has, too. What else
// it may say and Tusk does not do (use_ema, decay, …) is added to `obstacles`, each with the name
// that it has there, and nothing is returned. Error(bad_data) that begins with `where` if an option
// breaks its rule.
std::optional<OptimizerOptions> read_keras_optimizer(const nlohmann::json& json,
                                                     const std::string& where,
                                                     std::vector<std::string>& obstacles);

// The same in the words of Keras 3, which Keras 2 reads, too. Null where Keras has no such
// optimizer or schedule: one of a user's, or one with a warm-up.
nlohmann::ordered_json write_keras_optimizer(const OptimizerOptions& options);

}  // namespace tusk::formats
