// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdint>
#include <nlohmann/json.hpp>

#include "net/formats/keras_layer.hpp"
#include "net/formats/keras_names.hpp"
#include "net/formats/model_config.hpp"
#include "net/formats/read_functional.hpp"
#include "net/graph/entry_names.hpp"
#include "tusk/error.hpp"

namespace tusk::formats {
namespace {

using Json = nlohmann::json;

// Keras 2 says batch_input_shape, Keras 3 batch_shape; a null is none.
std::optional<Shape> shape_of_input(const Json& layer, const std::string& path) {
  for (const char* key : {"batch_input_shape", "batch_shape"}) {
    const auto shape = layer.at("config").find(key);
    if (shape != layer.at("config").end() && !shape->is_null()) {
      return read_keras_shape(*shape, keras_layer_place(layer, path));
    }
  }
  return std::nullopt;
}

// Without an InputLayer the first layer has the shape, or the model build_input_shape.
Shape read_input(const Json& first, const Json& model, const std::string& path) {
  const std::string where = keras_layer_place(first, path);
  if (auto shape = shape_of_input(first, path)) return *std::move(shape);
  const auto built = model.find("build_input_shape");
  if (built != model.end() && built->is_array()) return read_keras_shape(*built, where);
  fail(ExitCode::bad_data, "{} is the first one and does not say its input's shape", where);
}

// Names that are not those that the layers would get anyhow. None at all where they would not do
// for layers of ours: a chain does not need them.
void keep_names(std::vector<LayerEntry>& layers, const std::vector<std::string>& names) {
  if (graph::names_of_entries(layers) == names) return;
  std::vector<LayerEntry> named = layers;
  for (std::size_t i = 0; i < named.size(); ++i) named[i].name = names[i];
  try {
    graph::names_of_entries(named);
    layers = std::move(named);
  } catch (const Error&) {
    return;
  }
}

ModelConfig read_sequential(const Json& config, const std::string& path,
                            const Extensions& extensions) {
  const Json& entries = config.is_array() ? config : config.at("layers");
  const bool is_trainable = config.is_array() || config.value("trainable", true);
  ModelConfig out;
  std::optional<Shape> input;
  std::vector<std::string> names;
  for (const Json& entry : entries) {
    if (!input) {
      input = read_input(entry, config.is_object() ? config : Json::object(), path);
      if (entry.at("class_name") == "InputLayer") continue;
    }
    LayerEntry layer;
    static_cast<LayerOptions&>(layer) = read_keras_layer(entry, path, extensions);
    layer.trainable = is_trainable && entry.at("config").value("trainable", true);
    names.push_back(entry.at("config").value("name", ""));
    out.layers.push_back(std::move(layer));
  }
  if (out.layers.empty()) fail(ExitCode::bad_data, "{}: holds a model without layers", path);
  out.input = *input;
  keep_names(out.layers, names);
  return out;
}

ModelConfig read_model(const Json& model, const std::string& path, const Extensions& extensions) {
  const std::string type = model.at("class_name");
  const Json& config = model.at("config");  // before Keras 2.2.3 the list of layers itself
  if (type == "Sequential") return read_sequential(config, path, extensions);
  if (type == "Functional") return read_functional(config, path, extensions);
  fail(ExitCode::bad_data, "{}: holds a model of class {}; Sequential and Functional are supported",
       path, model.at("class_name").dump());
}

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

Shape read_keras_shape(const Json& shape, const std::string& where) {
  constexpr std::uint64_t most = 1ULL << 31;
  std::vector<std::size_t> extents;
  for (std::size_t axis = 1; axis < shape.size(); ++axis) {
    const Json& extent = shape[axis];
    if (!extent.is_number_unsigned() || extent == 0 || extent > most) {
      fail(ExitCode::bad_data, "{} has input extent = {}, which is no plausible size", where,
           extent.dump());
    }
    extents.push_back(extent.get<std::size_t>());
  }
  return Shape(std::move(extents));
}

Json parse_keras_json(const std::string& json, const std::string& path) {
  constexpr int deepest = 200;  // what Keras writes goes to some 20
  return Json::parse(json, [&](int depth, Json::parse_event_t, const Json&) {
    if (depth > deepest) {
      fail(ExitCode::bad_data, "{}: its JSON is nested more than {} deep", path, deepest);
    }
    return true;
  });
}

ModelConfig read_model_config(const std::string& json, const std::string& path,
                              const Extensions& extensions, const WrittenFront& front) try {
  Json model = parse_keras_json(json, path);
  std::optional<Shape> stored;
  if (!front.names.empty()) stored = take_front_out(model, front, path);
  ModelConfig config = read_model(model, path, extensions);
  config.stored = std::move(stored);
  return config;
} catch (const Json::exception& error) {
  fail(ExitCode::bad_data, "{}: the attribute 'model_config' cannot be read: {}", path,
       error.what());
}

std::optional<LossKind> read_training_loss(const std::string& json) try {
  const Json config = Json::parse(json);
  const Json& loss = config.at("loss");
  if (loss.is_string()) return value_of<LossKind>(loss.get<std::string>());
  if (loss.at("config").value("from_logits", false)) return std::nullopt;
  return value_of<LossKind>(to_snake_case(loss.at("class_name").get<std::string>()));
} catch (const Json::exception&) {
  return std::nullopt;  // a model need not say
}

}  // namespace tusk::formats
