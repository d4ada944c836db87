// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "experiment/experiment.hpp"
#include "run/checkpoint/facts.hpp"

namespace tusk::checkpoint {

// What differs between two experiments, as TOML with every default filled in: "seed was 1, is 2;
// trainer.epochs …", or nothing.
std::string differences(const std::string& before, const std::string& now);

// Error(bad_experiment) that shows what differs if `now` does not go on with what `before`, the
// checkpoint's, has begun. `where` is what messages call the checkpoint.
void check_same_experiment(const Experiment& before, const Experiment& now, const Facts& facts,
                           const std::string& where);

}  // namespace tusk::checkpoint
