// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstddef>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "net/formats/keras_layer.hpp"
#include "net/formats/model_config.hpp"

namespace tusk::formats {
namespace {

using OrderedJson = nlohmann::ordered_json;

// [null, 28, 28]: with the batch.
OrderedJson shape_json(const Shape& shape) {
  OrderedJson json = OrderedJson::array({nullptr});
  for (const std::size_t extent : shape.extents()) json.push_back(extent);
  return json;
}

OrderedJson layer_json(const graph::Model& model, std::size_t entry) {
  OrderedJson json = write_keras_layer(model.layers()[entry], model.layer_names()[entry]);
  json["config"]["trainable"] = model.layers()[entry].trainable;
  return json;
}

OrderedJson write_sequential(const graph::Model& model) {
  const OrderedJson input{{"batch_input_shape", shape_json(model.input_shape())},
                          {"dtype", "float32"},
                          {"name", "input"}};
  OrderedJson layers = OrderedJson::array();
  layers.push_back({{"class_name", "InputLayer"}, {"config", input}});
  for (std::size_t i = 0; i < model.layers().size(); ++i) layers.push_back(layer_json(model, i));
  return {{"class_name", "Sequential"}, {"config", {{"name", "sequential"}, {"layers", layers}}}};
}

// Writes a graph as Keras 3's Functional. A value is [layer, call, output] there; the calls of a
// layer are counted in the order of the nodes.
class FunctionalWriter {
 public:
  explicit FunctionalWriter(const graph::Model& model)
      : model_(model), graph_(model.graph()), calls_(graph_.nodes.size()) {
    std::vector<std::size_t> seen(graph_.layers.size());
    for (std::size_t i = 0; i < graph_.nodes.size(); ++i) {
      if (graph_.nodes[i].placed != graph::none) calls_[i] = seen[graph_.nodes[i].placed]++;
    }
  }

  OrderedJson write() const {
    OrderedJson layers = OrderedJson::array();
    for (const graph::ModelInput& input : model_.inputs()) layers.push_back(input_json(input));
    for (std::size_t i = 0; i < graph_.layers.size(); ++i) layers.push_back(layer_with_calls(i));
    OrderedJson inputs = OrderedJson::array();
    for (const graph::ModelInput& input : model_.inputs()) {
      inputs.push_back(OrderedJson::array({input.name, 0, 0}));
    }
    OrderedJson outputs = OrderedJson::array();
    for (const std::size_t output : graph_.outputs) outputs.push_back(history(output));
    return {{"class_name", "Functional"},
            {"config",
             {{"name", "functional"},
              {"trainable", true},
              {"layers", layers},
              {"input_layers", inputs},
              {"output_layers", outputs}}}};
  }

 private:
  static OrderedJson input_json(const graph::ModelInput& input) {
    return {{"class_name", "InputLayer"},
            {"config",
             {{"batch_shape", shape_json(input.shape)},
              {"dtype", "float32"},
              {"sparse", false},
              {"name", input.name}}},
            {"name", input.name},
            {"inbound_nodes", OrderedJson::array()}};
  }

  OrderedJson history(std::size_t value) const {
    const graph::GraphValue& its = graph_.values[value];
    if (its.maker == graph::none) return OrderedJson::array({its.name, 0, 0});
    const graph::GraphNode& node = graph_.nodes[its.maker];
    const auto output = std::ranges::find(node.outputs, value) - node.outputs.begin();
    return OrderedJson::array({graph_.layers[node.placed].name, calls_[its.maker], output});
  }

  OrderedJson tensor(std::size_t value) const {
    return {{"class_name", "__keras_tensor__"},
            {"config",
             {{"shape", shape_json(graph_.values[value].shape)},
              {"dtype", "float32"},
              {"keras_history", history(value)}}}};
  }

  // What a node reads, as the arguments of the call: a merge has one, a list. Masks go their own
  // way in Keras, too.
  OrderedJson call_json(const graph::GraphNode& node) const {
    OrderedJson tensors = OrderedJson::array();
    for (std::size_t i = 0; i < node.given; ++i) tensors.push_back(tensor(node.inputs[i]));
    OrderedJson arguments = OrderedJson::array();
    arguments.push_back(tensors.size() == 1 ? tensors[0] : tensors);
    return {{"args", arguments}, {"kwargs", OrderedJson::object()}};
  }

  OrderedJson layer_with_calls(std::size_t index) const {
    const graph::GraphLayer& layer = graph_.layers[index];
    OrderedJson json = layer_json(model_, layer.entry);
    json["name"] = layer.name;
    json["inbound_nodes"] = OrderedJson::array();
    for (const graph::GraphNode& node : graph_.nodes) {
      if (node.placed == index) json["inbound_nodes"].push_back(call_json(node));
    }
    return json;
  }

  const graph::Model& model_;
  const graph::NetworkGraph& graph_;
  std::vector<std::size_t> calls_;  // by node: which call of its layer it is
};

}  // namespace

std::string write_model_config(const graph::Model& model) {
  const bool is_chain = model.graph().is_chain;
  return (is_chain ? write_sequential(model) : FunctionalWriter(model).write()).dump();
}

}  // namespace tusk::formats
