// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <nlohmann/json.hpp>

#include "data/transforms/transforms.hpp"
#include "tusk/options/user_object.hpp"

namespace tusk::transforms {

class FittingSamples;

// A user's transform, as transform_kinds.hpp has those of Tusk. Its state is
// {"options": {…}, "learned": [numbers]}.

// Collective. Throws mpi::CollectiveError, also for an error that the user's functions throw on one
// rank alone.
Step fit(const UserTransform& user, const FittingSamples& samples);

// Throws nlohmann::json::exception, or Error(bad_data), which names neither file nor transform.
Step read_user_step(const nlohmann::json& json,
                    const std::shared_ptr<const UserTransformKind>& kind);

}  // namespace tusk::transforms
