// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "net/formats/model_file.hpp"

namespace tusk::formats {

// A model that training goes on from with another head: the layers in `options.replace` become
// others, `options.layers` stand behind its last one, and content.new_layers names both. All other
// layers keep their weights; those of the new ones are zeros, for whoever draws them.
// Error(bad_experiment) that names the key if there is no such layer, or weights no longer fit.
void change_head(ModelContent& content, const ModelOptions& options);

}  // namespace tusk::formats
