// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "experiment/experiment.hpp"
#include "run/checkpoint/facts.hpp"

namespace tusk::checkpoint {

// Error(bad_experiment) that shows what differs if `now` does not go on with what `before`, the
// checkpoint's, has begun. `where` is what messages call the checkpoint.
void check_same_experiment(const Experiment& before, const Experiment& now, const Facts& facts,
                           const std::string& where);

}  // namespace tusk::checkpoint
