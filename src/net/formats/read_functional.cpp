// SPDX-License-Identifier: Apache-2.0
#include "net/formats/read_functional.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "net/formats/keras_layer.hpp"
#include "tusk/error.hpp"

namespace tusk::formats {
namespace {

using Json = nlohmann::json;

// ["a", 0, 0]: layer, call, output.
std::string name_of_value(const Json& history) {
  std::string name = history.at(0).get<std::string>();
  const auto call = history.at(1).get<std::size_t>();
  const auto output = history.at(2).get<std::size_t>();
  if (call > 0) name += fmt::format(":{}", call);
  if (output > 0) name += fmt::format("#{}", output);
  return name;
}

bool is_tensor(const Json& json) {
  return json.is_object() && json.value("class_name", "") == "__keras_tensor__";
}

// The values of Keras 3's arguments: tensors, or lists of them. Anything else is no plain call.
bool read_arguments(const Json& arguments, std::vector<std::string>& values) {
  for (const Json& argument : arguments) {
    if (is_tensor(argument)) {
      values.push_back(name_of_value(argument.at("config").at("keras_history")));
    } else if (!argument.is_array() || !read_arguments(argument, values)) {
      return false;
    }
  }
  return true;
}

// Keyword arguments that change nothing: {"mask": null}, {"training": false}.
bool are_harmless(const Json& keywords) {
  for (const auto& [key, value] : keywords.items()) {
    const bool is_training = key == "training" && value.is_boolean() && !value.get<bool>();
    if (!value.is_null() && !is_training) return false;
  }
  return true;
}

// [["a", 0, 0, {}], …], as Keras 2 has a call.
bool read_older_call(const Json& call, std::vector<std::string>& values) {
  for (const Json& tensor : call) {
    if (!tensor.is_array() || tensor.size() < 3) return false;
    if (tensor.size() > 3 && !are_harmless(tensor[3])) return false;
    values.push_back(name_of_value(tensor));
  }
  return true;
}

std::vector<std::string> read_call(const Json& call, const std::string& where) {
  std::vector<std::string> values;
  const bool is_plain = call.is_array() ? read_older_call(call, values)
                                        : read_arguments(call.at("args"), values) &&
                                              are_harmless(call.value("kwargs", Json::object()));
  if (!is_plain || values.empty()) {
    fail(ExitCode::bad_data, "{} is called with something else than outputs of layers, as {}",
         where, call.dump().substr(0, 200));
  }
  return values;
}

InputOptions read_input(const Json& entry, const std::string& path) {
  const Json& config = entry.at("config");
  const std::string where = keras_layer_place(entry, path);
  for (const char* key : {"batch_shape", "batch_input_shape"}) {
    const auto shape = config.find(key);
    if (shape == config.end() || shape->is_null()) continue;
    return {config.at("name").get<std::string>(), read_keras_shape(*shape, where).extents()};
  }
  fail(ExitCode::bad_data, "{} does not say its shape", where);
}

// A list of histories, which Keras 3 unwraps if it is one.
std::vector<std::string> read_names(const Json& histories, const std::string& path) {
  std::vector<std::string> names;
  if (histories.is_array() && !histories.empty() && histories[0].is_string()) {
    return {name_of_value(histories)};
  }
  if (!histories.is_array()) {
    fail(ExitCode::bad_data, "{}: inputs or outputs that are no list are not supported", path);
  }
  for (const Json& history : histories) names.push_back(name_of_value(history));
  return names;
}

}  // namespace

ModelConfig read_functional(const Json& config, const std::string& path,
                            const Extensions& extensions) {
  ModelConfig out;
  const bool is_trainable = config.value("trainable", true);
  std::vector<InputOptions> inputs;
  std::vector<LayerEntry> further_calls;
  for (const Json& entry : config.at("layers")) {
    if (entry.at("class_name") == "InputLayer") {
      inputs.push_back(read_input(entry, path));
      continue;
    }
    const std::string where = keras_layer_place(entry, path);
    LayerEntry layer;
    static_cast<LayerOptions&>(layer) = read_keras_layer(entry, path, extensions);
    layer.name = entry.at("config").at("name").get<std::string>();
    layer.trainable = is_trainable && entry.at("config").value("trainable", true);
    const Json& calls = entry.at("inbound_nodes");
    if (calls.empty()) fail(ExitCode::bad_data, "{} is never called", where);
    layer.inputs = read_call(calls.at(0), where);
    for (std::size_t i = 1; i < calls.size(); ++i) {
      LayerEntry call;
      call.use = layer.name;
      call.inputs = read_call(calls.at(i), where);
      further_calls.push_back(std::move(call));
    }
    out.layers.push_back(std::move(layer));
  }
  out.layers.insert(out.layers.end(), further_calls.begin(), further_calls.end());
  if (out.layers.empty()) fail(ExitCode::bad_data, "{}: holds a model without layers", path);
  for (const std::string& name : read_names(config.at("input_layers"), path)) {
    const auto input = std::ranges::find(inputs, name, &InputOptions::name);
    if (input == inputs.end()) {
      fail(ExitCode::bad_data, "{}: '{}' is to be an input, but no InputLayer", path, name);
    }
    out.inputs.push_back(*input);
  }
  for (const std::string& name : read_names(config.at("output_layers"), path)) {
    out.outputs.push_back({.name = name});
  }
  if (out.inputs.empty() || out.outputs.empty()) {
    fail(ExitCode::bad_data, "{}: holds a model without inputs or outputs", path);
  }
  out.input = Shape(out.inputs.front().shape);
  return out;
}

}  // namespace tusk::formats
