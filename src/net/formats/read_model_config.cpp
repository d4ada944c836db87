// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdint>
#include <nlohmann/json.hpp>

#include "net/formats/flatten_graph.hpp"
#include "net/formats/keras_advice.hpp"
#include "net/formats/keras_graph.hpp"
#include "net/formats/model_config.hpp"
#include "tusk/error.hpp"

namespace tusk::formats {
namespace {

using Json = nlohmann::json;

// Histories [name, 0, 0] of the front's last layer become those of the model's input.
void skip_front(Json& calls, const std::string& last, const std::string& input) {
  if (!calls.is_array()) return;
  if (calls.size() >= 3 && calls[0] == last) {
    calls[0] = input;
    return;
  }
  for (Json& call : calls) skip_front(call, last, input);
}

// The configuration without the layers that stand for transforms. Returns the shape of what they
// read.
std::optional<Shape> take_front_out(Json& model, const WrittenFront& front,
                                    const std::string& path) {
  Json& config = model.at("config");
  Json& layers = config.at("layers");
  Json shape = Json::array({nullptr});
  for (const std::size_t extent : front.input.extents()) shape.push_back(extent);
  Json kept = Json::array();
  std::size_t taken = 0;
  std::optional<Shape> stored;
  std::string input;
  for (Json& layer : layers) {
    const std::string name = layer.at("config").at("name");
    if (std::ranges::find(front.names, name) != front.names.end()) {
      ++taken;
      continue;
    }
    if (layer.at("class_name") == "InputLayer") {
      input = name;
      stored = shape_of_input(layer, path);
      layer["config"]["batch_input_shape"] = shape;
      layer["config"].erase("batch_shape");
    } else if (layer.contains("inbound_nodes")) {
      skip_front(layer["inbound_nodes"], front.names.back(), input);
    }
    kept.push_back(std::move(layer));
  }
  if (taken != front.names.size()) {
    fail(ExitCode::bad_data,
         "{}: the attribute 'transform_layers' of group 'tusk' names {} layers, of which the model "
         "has {}; delete the group to use the model as it is, with its transforms in its layers",
         path, front.names.size(), taken);
  }
  layers = std::move(kept);
  return stored;
}

}  // namespace

ModelConfig read_model_config(const std::string& json, const std::string& path, bool is_keras3,
                              const Extensions& extensions, const WrittenFront& front) try {
  Json model = parse_keras_json(json, path);
  std::optional<Shape> stored;
  if (!front.names.empty()) stored = take_front_out(model, front, path);
  const KerasGraph graph = read_keras_graph(model, path, is_keras3);
  warn_of_precision(graph, path);
  ModelConfig config = flatten_graph(graph, path, is_keras3, extensions);
  config.stored = std::move(stored);
  return config;
} catch (const Json::exception& error) {
  fail(ExitCode::bad_data, "{}: the model's configuration (model_config) cannot be read: {}", path,
       error.what());
}

}  // namespace tusk::formats
