// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "experiment/model_options.hpp"
#include "tusk/extensions.hpp"
#include "tusk/shape.hpp"

namespace tusk::formats {

// What Keras's `model_config` says of a Sequential model.
struct ModelConfig {
  Shape input;
  std::vector<LayerEntry> layers;
};

// The JSON that Keras 2 and 3 read. `names`: the layers' names, in their order.
std::string write_model_config(const ModelConfig& config, const std::vector<std::string>& names);

// What Keras of any version, or we, wrote. Error(bad_data) that names `path` and the layer if it is
// no Sequential model or has a layer, or a property of one, that we do not have.
ModelConfig read_model_config(const std::string& json, const std::string& path,
                              const Extensions& extensions);

// The loss in Keras's `training_config`; nothing if it is none of ours.
std::optional<LossKind> read_training_loss(const std::string& json);

}  // namespace tusk::formats
