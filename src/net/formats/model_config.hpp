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

// A group of the file's weights: those of a layer, or of all layers of a model within the model.
// There the arrays that are trained come first, then all others.
struct WeightGroup {
  bool is_pruned = false;            // masks are stored behind the arrays
  std::vector<std::size_t> entries;  // of ModelConfig::layers
};

// Where Keras 3 keeps the weights of a layer (keras3_weights.hpp): from the whole model through
// models within models, which layer of its class, counted from 0, each time.
struct Keras3Step {
  std::string type;  // keras3_class_path()
  std::size_t index = 0;
};
using Keras3Place = std::vector<Keras3Step>;

// What Keras's `model_config` says of a model.
struct ModelConfig {
  Shape input;                  // of the first input
  std::optional<Shape> stored;  // of what stands in front of it, if there is something
  std::vector<LayerEntry> layers;
  std::vector<WeightGroup> weights;  // of layers with and without weights, in the file's order
  std::vector<Keras3Place> places;   // of the first of `layers`, which are no calls of others

  // Of a graph: its inputs, with their shapes, and its outputs by name. Of a chain none.
  std::vector<InputOptions> inputs;
  std::vector<OutputOptions> outputs;
};

// What stands in front of an input of a model for Keras: layers_of_transforms(). Without layers
// there is none.
struct InputFront {
  std::vector<LayerEntry> layers = {};
  Shape stored = {};  // of what they read
};

struct ModelFront {
  std::string name = "transform";       // of all layers together, which begins their names
  std::vector<InputFront> inputs = {};  // one for each input of the model; or none, for all
};

// The JSON of a model, laid out as `model`: Sequential for a chain, otherwise Functional, each in
// the form of Keras 2, which Keras 3 reads, too, and a graph's in the order that Keras gives them
// (keras_order.hpp). The front's layers come first; in a Sequential, they are one layer, a
// Functional named `front.name`, if they are no chain themselves.
std::string write_model_config(const graph::Model& model, const ModelFront& front = {});

// The names that the front has among the model's layers.
std::vector<std::string> front_names(const graph::Model& model, const ModelFront& front);

// A front to be taken out again when a model is read, so that its transforms are not applied twice.
struct WrittenFront {
  std::vector<std::string> names;  // front_names()
  std::vector<Shape> inputs;       // of what the model itself reads
};

// What Keras of any version, or we, wrote; `is_keras3`: whether its words mean what they do in
// Keras
// 3. Error(bad_data) that names `path` and the layer if it is
// no Sequential or Functional model or has a layer, or a property of one, that we do not have, or
// none of the front's names.
ModelConfig read_model_config(const std::string& json, const std::string& path, bool is_keras3,
                              const Extensions& extensions, const WrittenFront& front = {});

}  // namespace tusk::formats
