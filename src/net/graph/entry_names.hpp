// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "experiment/model_options.hpp"

namespace tusk::graph {

// The name of each entry of model.layers, which its layer, or its call of one, and its output go
// by: the entry's own, otherwise as Keras has it: "dense", "dense_1", … by the number of layers of
// its kind before it, passing over names that entries have of their own. A further call of layer
// `a` is "a:1", "a:2", ….
//
// Error(bad_experiment) that names the entry if two have the same name, or one has a name that
// would not do in a file or in a reference to an output: empty parts between slashes, ":" or "#".
std::vector<std::string> names_of_entries(const std::vector<LayerEntry>& entries);

// "model.layers.2": what messages begin with. With its name, for what concerns its place in the
// graph: "model.layers.2 ('dense_1')".
std::string key_of_entry(std::size_t index);
std::string key_of_entry(std::size_t index, const std::string& name);

// Error(bad_experiment) that begins with `key` if it is no name for a layer, an input or an output.
void require_name(const std::string& name, const std::string& key);

}  // namespace tusk::graph
