// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "data/transforms/transforms.hpp"
#include "experiment/transform_options.hpp"

// The kinds of transforms, a file each. A new one is a struct in experiment/transform_options.hpp,
// its describe() in options/describe_transforms.cpp, and these two functions. Beside what Transform
// asks for, each has type(), its name in experiments, and to_json(), the object of which read_step
// makes it again.
namespace tusk::transforms {

class FittingSamples;

// A transform with its name and state, for fit and read_step.
template <typename Kind, typename... Arguments>
Step make_step(Arguments&&... arguments) {
  const auto transform = std::make_shared<const Kind>(std::forward<Arguments>(arguments)...);
  return {std::string(transform->type()), transform->to_json(), transform};
}

// Collective: what an experiment asks for, with all that it learns from the samples. Throws
// mpi::CollectiveError.
Step fit(const ScaleTransform& options, const FittingSamples& samples);
Step fit(const StandardTransform& options, const FittingSamples& samples);
Step fit(const MinmaxTransform& options, const FittingSamples& samples);
Step fit(const NormalizeTransform& options, const FittingSamples& samples);
Step fit(const MissingTransform& options, const FittingSamples& samples);
Step fit(const OneHotTransform& options, const FittingSamples& samples);
Step fit(const ClipTransform& options, const FittingSamples& samples);
Step fit(const LogTransform& options, const FittingSamples& samples);
Step fit(const ReshapeTransform& options, const FittingSamples& samples);

// The transform that to_json() described, from the JSON of a model file, which is not to be
// trusted. Throws nlohmann::json::exception, or Error(bad_data), which names neither file nor
// transform: the caller, Transforms::from_json(), does.
template <typename Options>
Step read_step(const nlohmann::json& json);

template <>
Step read_step<ScaleTransform>(const nlohmann::json& json);
template <>
Step read_step<StandardTransform>(const nlohmann::json& json);
template <>
Step read_step<MinmaxTransform>(const nlohmann::json& json);
template <>
Step read_step<NormalizeTransform>(const nlohmann::json& json);
template <>
Step read_step<MissingTransform>(const nlohmann::json& json);
template <>
Step read_step<OneHotTransform>(const nlohmann::json& json);
template <>
Step read_step<ClipTransform>(const nlohmann::json& json);
template <>
Step read_step<LogTransform>(const nlohmann::json& json);
template <>
Step read_step<ReshapeTransform>(const nlohmann::json& json);

}  // namespace tusk::transforms
