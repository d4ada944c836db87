// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "experiment/model_options.hpp"
#include "net/graph/model.hpp"
#include "tusk/extensions.hpp"
#include "tusk/shape.hpp"

namespace tusk::formats {

// What Keras's `model_config` says of a model.
struct ModelConfig {
  Shape input;  // of the first input
  std::vector<LayerEntry> layers;

  // Of a graph: its inputs, with their shapes, and its outputs by name. Of a chain none.
  std::vector<InputOptions> inputs;
  std::vector<OutputOptions> outputs;
};

// The JSON of a model, laid out as `model`: Sequential for a chain, which Keras 2 and 3 read;
// otherwise Functional in the form of Keras 3.
std::string write_model_config(const graph::Model& model);

// What Keras of any version, or we, wrote. Error(bad_data) that names `path` and the layer if it is
// no Sequential or Functional model or has a layer, or a property of one, that we do not have.
ModelConfig read_model_config(const std::string& json, const std::string& path,
                              const Extensions& extensions);

// The loss in Keras's `training_config`; nothing if it is none of ours.
std::optional<LossKind> read_training_loss(const std::string& json);

}  // namespace tusk::formats
