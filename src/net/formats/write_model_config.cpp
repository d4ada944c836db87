// SPDX-License-Identifier: Apache-2.0
#include <nlohmann/json.hpp>
#include <string>

#include "net/formats/keras_layer.hpp"
#include "net/formats/model_config.hpp"

namespace tusk::formats {

using OrderedJson = nlohmann::ordered_json;

std::string write_model_config(const ModelConfig& config, const std::vector<std::string>& names) {
  OrderedJson shape = OrderedJson::array({nullptr});
  for (const std::size_t extent : config.input.extents()) shape.push_back(extent);
  const OrderedJson input{{"batch_input_shape", shape}, {"dtype", "float32"}, {"name", "input"}};
  OrderedJson layers = OrderedJson::array();
  layers.push_back({{"class_name", "InputLayer"}, {"config", input}});
  for (std::size_t i = 0; i < names.size(); ++i) {
    layers.push_back(write_keras_layer(config.layers[i], names[i]));
  }
  const OrderedJson model{{"class_name", "Sequential"},
                          {"config", {{"name", "sequential"}, {"layers", layers}}}};
  return model.dump();
}

}  // namespace tusk::formats
