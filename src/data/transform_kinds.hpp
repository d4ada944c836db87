// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <nlohmann/json.hpp>

#include "tusk/data/transform.hpp"
#include "tusk/experiment/data_options.hpp"

// The kinds of transforms, a file each. A new one is a struct in data_options.hpp, these two
// functions, and its description in src/experiment.
namespace tusk::data {

using Step = std::shared_ptr<const Transform>;

Step fit(const ScaleTransform& options);

// Of the JSON of a model file; throws nlohmann::json::exception.
template <typename Options>
Step read_step(const nlohmann::json& json);

template <>
Step read_step<ScaleTransform>(const nlohmann::json& json);

}  // namespace tusk::data
