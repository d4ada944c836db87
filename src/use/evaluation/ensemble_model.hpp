// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "use/evaluation/combined_outputs.hpp"
#include "use/evaluation/trained_model.hpp"

namespace tusk::evaluation {

// Whether a path names an ensemble's manifest (ensemble.json) and not a model file.
bool is_ensemble(const std::string& path);

// The models of an ensemble's manifest, or the one model of a model file, whose weights are in
// another file if `weights` names one. With `scoring` they are
// loaded for evaluation, else for prediction; `extensions` as formats::load_model().
// Error(no_input); Error(bad_data) also when the members' inputs or outputs differ in shape or,
// where there are several, in name.
std::vector<TrainedModel> load_ensemble(const std::string& path,
                                        const std::optional<Scoring>& scoring,
                                        const Extensions& extensions,
                                        const std::string& weights = "");

// Error(usage) for a vote of models of which an output is not of classes.
void check_combination(std::span<const TrainedModel> members, Combine combine);

}  // namespace tusk::evaluation
