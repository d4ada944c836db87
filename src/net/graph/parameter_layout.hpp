// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "experiment/model_options.hpp"
#include "net/graph/network_graph.hpp"
#include "tusk/parameter.hpp"

namespace tusk::graph {

// Gives each array of the graph's layers its place in the flat vector, role by role, in the section
// that it belongs to (NetworkGraph::parameters). `arrays`: by entry, those of its layer.
// build_graph calls it. Error(internal) if a layer says that some of its arrays of a role are
// frozen.
void lay_out_parameters(NetworkGraph& graph, std::vector<std::vector<layers::Parameter>> arrays);

// By entry, whether it is to be trained: its own `trainable`, unless model.frozen has its name.
// Error(bad_experiment) for a pattern that no layer's name goes with.
std::vector<bool> trainable_entries(const ModelOptions& options,
                                    const std::vector<std::string>& names);

}  // namespace tusk::graph
