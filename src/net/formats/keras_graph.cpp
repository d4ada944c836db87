// SPDX-License-Identifier: Apache-2.0
#include "net/formats/keras_graph.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>

#include "net/formats/keras_advice.hpp"
#include "net/formats/keras_calls.hpp"
#include "net/formats/keras_layer.hpp"
#include "tusk/error.hpp"

namespace tusk::formats {
namespace {

using Json = nlohmann::json;

constexpr int deepest_model = 16;  // models within models

bool is_model(const std::string& class_name) {
  return class_name == "Sequential" || class_name == "Functional" || class_name == "Model";
}

class GraphReader {
 public:
  GraphReader(const std::string& path, bool is_keras3) : path_(path), is_keras3_(is_keras3) {}

  KerasGraph read(const Json& model, int depth) {
    const std::string type = model.at("class_name");
    const Json& config = model.at("config");  // before Keras 2.2.3 the list of layers itself
    if (depth > deepest_model) fail(ExitCode::bad_data, "{}: models within models too deep", path_);
    KerasGraph graph;
    graph.is_trainable = config.is_array() || config.value("trainable", true);
    graph.is_sequential = type == "Sequential";
    if (graph.is_sequential) {
      read_sequential(graph, config, depth);
    } else if (is_model(type)) {
      read_functional(graph, config, depth);
    } else {
      fail(
          ExitCode::bad_data,
          "{}: holds a model of class {}; Sequential and Functional are supported: others are "
          "code, which is in no file; build the model of layers called on keras.Input where it was "
          "made, give it the weights, and save that",
          path_, model.at("class_name").dump());
    }
    require_calls(graph);
    return graph;
  }

 private:
  KerasLayer read_layer(const Json& entry, int depth) {
    KerasLayer layer{.entry = entry, .name = {}, .calls = {}, .model = nullptr};
    std::string type = entry.at("class_name");
    layer.is_trainable =
        !entry.at("config").is_object() || entry.at("config").value("trainable", true);
    if (type == "PruneLowMagnitude" || type.ends_with(">PruneLowMagnitude")) {
      layer.is_pruned = true;
      layer.entry = Json(entry.at("config").at("layer"));
      type = layer.entry.at("class_name");
    }
    const Json& config = layer.entry.at("config");
    layer.name = config.is_object() ? config.value("name", "") : "";
    if (entry.contains("name") && !layer.is_pruned) layer.name = entry.at("name");
    if (is_model(type)) {
      if (layer.is_pruned) refuse_pruned_model(layer.name);
      layer.model = std::make_unique<KerasGraph>(read(layer.entry, depth + 1));
    }
    layer.is_input = type == "InputLayer";
    return layer;
  }

  [[noreturn]] void refuse_pruned_model(const std::string& name) const {
    fail(ExitCode::bad_data,
         "{}: '{}' is pruned within a model; save the model without, by "
         "tfmot.sparsity.keras.strip_pruning",
         path_, name);
  }

  void read_sequential(KerasGraph& graph, const Json& config, int depth) {
    const Json& entries = config.is_array() ? config : config.at("layers");
    for (const Json& entry : entries) {
      KerasLayer layer = read_layer(entry, depth);
      if (layer.name.empty() || graph.find(layer.name) != nullptr) {
        layer.name = fmt::format("layer_{}", graph.layers.size());
      }
      if (graph.layers.empty()) {
        if (!layer.is_input) {
          KerasLayer input{.entry = entry, .name = {}, .calls = {}, .model = nullptr};
          input.name = layer.name + "_input";
          input.is_input = true;
          add_built_shape(input.entry, config);
          graph.layers.push_back(std::move(input));
        }
        graph.inputs = {{layer.is_input ? layer.name : graph.layers.front().name}};
        graph.outputs = graph.inputs;
        if (layer.is_input) {
          add_built_shape(layer.entry, config);
          graph.layers.push_back(std::move(layer));
          continue;
        }
      }
      layer.calls.push_back(graph.outputs);
      graph.outputs = {{layer.name}};
      graph.layers.push_back(std::move(layer));
    }
    if (graph.layers.size() < 2)
      fail(ExitCode::bad_data, "{}: holds a model without layers", path_);
  }

  // A Sequential may say itself what its first layer does not.
  void add_built_shape(Json& first, const Json& config) const {
    if (!config.is_object() || shape_of_input(first, path_)) return;
    const auto built = config.find("build_input_shape");
    if (built == config.end() || !built->is_array()) return;
    if (first.at("config").is_object()) first["config"]["batch_input_shape"] = *built;
  }

  void read_functional(KerasGraph& graph, const Json& config, int depth) {
    for (const Json& entry : config.at("layers")) {
      KerasLayer layer = read_layer(entry, depth);
      const Json& calls = entry.at("inbound_nodes");
      if (!layer.is_input) {
        const std::string where = keras_layer_place(entry, path_);
        if (calls.empty()) fail(ExitCode::bad_data, "{} is never called", where);
        if (is_tensor_operation(entry.at("class_name"))) {
          fail(ExitCode::bad_data, "{} is of a type that Tusk does not have: {}", where,
               advice_on_class(entry.at("class_name")));
        }
        for (const Json& call : calls) layer.calls.push_back(read_call(call, where));
      }
      if (graph.find(layer.name) != nullptr) {
        fail(ExitCode::bad_data, "{}: two layers have the name '{}'", path_, layer.name);
      }
      graph.layers.push_back(std::move(layer));
    }
    graph.inputs = read_histories(config.at("input_layers"));
    graph.outputs = read_histories(config.at("output_layers"));
    for (KerasLayer& layer : graph.layers) {
      for (std::vector<KerasTensor>& call : layer.calls) {
        for (KerasTensor& tensor : call) count_from_zero(graph, tensor, false);
      }
    }
    for (KerasTensor& tensor : graph.outputs) count_from_zero(graph, tensor, true);
    if (graph.layers.empty()) fail(ExitCode::bad_data, "{}: holds a model without layers", path_);
    if (graph.inputs.empty() || graph.outputs.empty()) {
      fail(ExitCode::bad_data, "{}: holds a model without inputs or outputs", path_);
    }
  }

  // Of a call of a model, which its own definition may count as the first one.
  void count_from_zero(const KerasGraph& graph, KerasTensor& tensor, bool is_output) const {
    const KerasLayer* layer = graph.find(tensor.layer);
    if (layer == nullptr || layer->model == nullptr || tensor.call == 0) return;
    const bool from_one = !is_keras3_ || (is_output && !layer->model->is_sequential);
    if (from_one || tensor.call >= layer->calls.size()) --tensor.call;
  }

  // Error unless all that is called is there.
  void require_calls(const KerasGraph& graph) const {
    const auto require = [&](const KerasTensor& tensor, const std::string& who) {
      const KerasLayer* layer = graph.find(tensor.layer);
      if (layer == nullptr) {
        fail(ExitCode::bad_data, "{}: {} reads '{}', which is no layer", path_, who, tensor.layer);
      }
      const std::size_t calls = layer->is_input ? 1 : layer->calls.size();
      if (tensor.call >= calls) {
        fail(ExitCode::bad_data, "{}: {} reads call {} of layer '{}', which is called {} times",
             path_, who, tensor.call, tensor.layer, calls);
      }
    };
    for (const KerasLayer& layer : graph.layers) {
      for (const std::vector<KerasTensor>& call : layer.calls) {
        for (const KerasTensor& tensor : call) require(tensor, "layer '" + layer.name + "'");
      }
    }
    for (const KerasTensor& tensor : graph.outputs) require(tensor, "the model's output");
    for (const KerasTensor& tensor : graph.inputs) {
      const KerasLayer* layer = graph.find(tensor.layer);
      if (layer == nullptr || !layer->is_input) {
        fail(ExitCode::bad_data, "{}: '{}' is to be an input, but no InputLayer", path_,
             tensor.layer);
      }
    }
  }

  const std::string& path_;
  bool is_keras3_;
};

}  // namespace

const KerasLayer* KerasGraph::find(const std::string& name) const {
  const auto found = std::ranges::find(layers, name, &KerasLayer::name);
  return found == layers.end() ? nullptr : &*found;
}

KerasGraph read_keras_graph(const Json& model, const std::string& path, bool is_keras3) {
  return GraphReader(path, is_keras3).read(model, 0);
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

std::optional<Shape> shape_of_input(const Json& layer, const std::string& path) {
  const Json& config = layer.at("config");
  for (const char* key : {"batch_input_shape", "batch_shape"}) {
    const auto shape = config.find(key);
    if (shape != config.end() && !shape->is_null()) {
      return read_keras_shape(*shape, keras_layer_place(layer, path));
    }
  }
  return std::nullopt;
}

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

}  // namespace tusk::formats
