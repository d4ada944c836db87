// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "net/formats/flatten_graph.hpp"
#include "net/formats/keras_advice.hpp"
#include "net/formats/keras_graph.hpp"
#include "net/formats/model_config.hpp"
#include "tusk/error.hpp"

namespace tusk::formats {
namespace {

using Json = nlohmann::json;

// By layer of the front: the model's input that it reads in the end.
using InputOf = std::map<std::string, std::string>;

// Histories [name, 0, 0] of the front's layers become those of the model's inputs.
void skip_front(Json& calls, const InputOf& input_of) {
  if (!calls.is_array()) return;
  if (calls.size() >= 3 && calls[0].is_string()) {
    const auto found = input_of.find(calls[0].get<std::string>());
    if (found != input_of.end()) calls[0] = found->second;
    return;
  }
  for (Json& call : calls) skip_front(call, input_of);
}

// The layer that is read first; "" in a Sequential, where no layer says.
std::string first_read(const Json& layer) {
  const auto place = layer.find("inbound_nodes");
  if (place == layer.end()) return "";
  const Json* calls = &*place;
  while (calls->is_array() && !calls->empty()) calls = &calls->front();
  return calls->is_string() ? calls->get<std::string>() : "";
}

// The configuration without the layers that stand for transforms. Returns the shape of what they
// read, of a model of one input.
std::optional<Shape> take_front_out(Json& model, const WrittenFront& front,
                                    const std::string& path) {
  Json& config = model.at("config");
  Json& layers = config.at("layers");
  Json kept = Json::array();
  std::size_t taken = 0;
  std::size_t inputs = 0;
  std::optional<Shape> stored;
  InputOf input_of;
  for (Json& layer : layers) {
    const std::string name = layer.at("config").at("name");
    if (std::ranges::find(front.names, name) != front.names.end()) {
      ++taken;
      const std::string read = first_read(layer);
      const auto found = input_of.find(read);
      input_of[name] = found == input_of.end() ? read : found->second;
      continue;
    }
    if (layer.at("class_name") == "InputLayer") {
      if (inputs < front.inputs.size()) {
        stored = shape_of_input(layer, path);
        Json shape = Json::array({nullptr});
        for (const std::size_t extent : front.inputs[inputs].extents()) shape.push_back(extent);
        layer["config"]["batch_input_shape"] = shape;
        layer["config"].erase("batch_shape");
      }
      ++inputs;
    } else if (layer.contains("inbound_nodes")) {
      skip_front(layer["inbound_nodes"], input_of);
    }
    kept.push_back(std::move(layer));
  }
  if (taken != front.names.size() || inputs != front.inputs.size()) {
    fail(ExitCode::bad_data,
         "{}: the group 'tusk' has {} transform_layers in front of {} inputs, of which the model "
         "has {} and {}; delete the group to use the model as it is, with its transforms in its "
         "layers",
         path, front.names.size(), front.inputs.size(), taken, inputs);
  }
  layers = std::move(kept);
  return inputs == 1 ? stored : std::nullopt;
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
