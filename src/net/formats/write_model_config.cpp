// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstddef>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "net/formats/keras_layer.hpp"
#include "net/formats/keras_order.hpp"
#include "net/formats/model_config.hpp"
#include "net/formats/transform_layers.hpp"

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

// Whether the layers stand one behind the other.
bool is_chain(const std::vector<LayerEntry>& layers) {
  const std::string* last = nullptr;
  for (const LayerEntry& layer : layers) {
    if (layer.inputs.size() != 1 || (last != nullptr && layer.inputs.front() != *last))
      return false;
    last = &layer.name;
  }
  return true;
}

// A call of a layer with these outputs of others, [layer, call, output], as Keras 2 writes it and
// Keras 3 reads it.
OrderedJson call_of(const std::vector<OrderedJson>& histories) {
  OrderedJson call = OrderedJson::array();
  for (OrderedJson history : histories) {
    history.push_back(OrderedJson::object());
    call.push_back(std::move(history));
  }
  return call;
}

OrderedJson first_output(const std::string& layer) { return OrderedJson::array({layer, 0, 0}); }

OrderedJson input_json(const std::string& name, const Shape& shape) {
  return {{"class_name", "InputLayer"},
          {"config",
           {{"batch_input_shape", shape_json(shape)},
            {"dtype", "float32"},
            {"sparse", false},
            {"name", name}}},
          {"name", name},
          {"inbound_nodes", OrderedJson::array()}};
}

OrderedJson functional_json(const std::string& name, const OrderedJson& layers,
                            const OrderedJson& inputs, const OrderedJson& outputs) {
  return {{"class_name", "Functional"},
          {"config",
           {{"name", name},
            {"trainable", true},
            {"layers", layers},
            {"input_layers", inputs},
            {"output_layers", outputs}}}};
}

// Layers of transforms as those of a graph, whose input is called `input`.
void add_front(OrderedJson& layers, const InputFront& front, const std::string& input) {
  for (const LayerEntry& layer : front.layers) {
    std::vector<OrderedJson> histories;
    for (const std::string& value : layer.inputs) {
      histories.push_back(first_output(value == rows_name ? input : value));
    }
    OrderedJson json = write_keras_layer(layer, layer.name);
    json["name"] = layer.name;
    json["inbound_nodes"] = OrderedJson::array({call_of(histories)});
    layers.push_back(std::move(json));
  }
}

const InputFront& front_of(const ModelFront& front, std::size_t input) {
  static const InputFront none;
  return input < front.inputs.size() ? front.inputs[input] : none;
}

// Layers of transforms that are no chain are one layer of a Sequential, a model in itself.
OrderedJson nested_front(const InputFront& front, const std::string& name) {
  OrderedJson layers = OrderedJson::array({input_json(rows_name, front.stored)});
  add_front(layers, front, rows_name);
  // Not in lists, or Keras 3 makes lists of what goes in and comes out.
  return functional_json(name, layers, first_output(rows_name),
                         first_output(front.layers.back().name));
}

OrderedJson write_sequential(const graph::Model& model, const ModelFront& all) {
  const InputFront& front = front_of(all, 0);
  const Shape& rows = front.layers.empty() ? model.input_shape() : front.stored;
  const OrderedJson input{
      {"batch_input_shape", shape_json(rows)}, {"dtype", "float32"}, {"name", "input"}};
  OrderedJson layers = OrderedJson::array();
  layers.push_back({{"class_name", "InputLayer"}, {"config", input}});
  if (is_chain(front.layers)) {
    for (const LayerEntry& layer : front.layers) {
      layers.push_back(write_keras_layer(layer, layer.name));
    }
  } else {
    layers.push_back(nested_front(front, all.name));
  }
  for (std::size_t i = 0; i < model.layers().size(); ++i) layers.push_back(layer_json(model, i));
  return {{"class_name", "Sequential"}, {"config", {{"name", "sequential"}, {"layers", layers}}}};
}

// Writes a graph as a Functional in the form of Keras 2, which Keras 3 reads, too. A value is
// [layer, call, output] there; the calls of a layer are counted in the order of the nodes.
class FunctionalWriter {
 public:
  FunctionalWriter(const graph::Model& model, const ModelFront& front)
      : model_(model), graph_(model.graph()), front_(front), calls_(graph_.nodes.size()) {
    std::vector<std::size_t> seen(graph_.layers.size());
    for (std::size_t i = 0; i < graph_.nodes.size(); ++i) {
      if (graph_.nodes[i].placed != graph::none) calls_[i] = seen[graph_.nodes[i].placed]++;
    }
  }

  OrderedJson write() const {
    OrderedJson layers = OrderedJson::array();
    OrderedJson inputs = OrderedJson::array();
    for (std::size_t i = 0; i < model_.inputs().size(); ++i) {
      const graph::ModelInput& input = model_.inputs()[i];
      const InputFront& front = front_of(front_, i);
      layers.push_back(input_json(input.name, front.layers.empty() ? input.shape : front.stored));
      inputs.push_back(first_output(input.name));
    }
    for (std::size_t i = 0; i < model_.inputs().size(); ++i) {
      add_front(layers, front_of(front_, i), model_.inputs()[i].name);
    }
    for (const std::size_t layer : keras_order(model_)) layers.push_back(layer_with_calls(layer));
    OrderedJson outputs = OrderedJson::array();
    for (const std::size_t output : graph_.outputs) outputs.push_back(history(output));
    return functional_json("functional", layers, inputs, outputs);
  }

 private:
  OrderedJson history(std::size_t value) const {
    const graph::GraphValue& its = graph_.values[value];
    if (its.maker == graph::none) {
      const auto& inputs = model_.inputs();
      const auto place = std::ranges::find(inputs, its.name, &graph::ModelInput::name);
      const InputFront& front = front_of(front_, static_cast<std::size_t>(place - inputs.begin()));
      return first_output(front.layers.empty() ? its.name : front.layers.back().name);
    }
    const graph::GraphNode& node = graph_.nodes[its.maker];
    const auto output = std::ranges::find(node.outputs, value) - node.outputs.begin();
    return OrderedJson::array({graph_.layers[node.placed].name, calls_[its.maker], output});
  }

  OrderedJson layer_with_calls(std::size_t index) const {
    const graph::GraphLayer& layer = graph_.layers[index];
    OrderedJson json = layer_json(model_, layer.entry);
    json["name"] = layer.name;
    json["inbound_nodes"] = OrderedJson::array();
    for (const graph::GraphNode& node : graph_.nodes) {
      if (node.placed != index) continue;
      std::vector<OrderedJson> histories;  // masks go their own way in Keras, too
      for (std::size_t i = 0; i < node.given; ++i) histories.push_back(history(node.inputs[i]));
      json["inbound_nodes"].push_back(call_of(histories));
    }
    return json;
  }

  const graph::Model& model_;
  const graph::NetworkGraph& graph_;
  const ModelFront& front_;
  std::vector<std::size_t> calls_;  // by node: which call of its layer it is
};

}  // namespace

std::string write_model_config(const graph::Model& model, const ModelFront& front) {
  const bool is_sequential = model.graph().is_chain;
  return (is_sequential ? write_sequential(model, front) : FunctionalWriter(model, front).write())
      .dump();
}

std::vector<std::string> front_names(const graph::Model& model, const ModelFront& front) {
  if (model.graph().is_chain && !is_chain(front_of(front, 0).layers)) return {front.name};
  std::vector<std::string> names;
  for (const InputFront& input : front.inputs) {
    for (const LayerEntry& layer : input.layers) names.push_back(layer.name);
  }
  return names;
}

}  // namespace tusk::formats
