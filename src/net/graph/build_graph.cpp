// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "net/graph/check_node.hpp"
#include "net/graph/entry_names.hpp"
#include "net/graph/network_graph.hpp"
#include "net/graph/parameter_layout.hpp"
#include "net/layers/make_layer.hpp"
#include "net/layers/masks.hpp"
#include "tusk/error.hpp"

namespace tusk::graph {
namespace {

using layers::MaskRule;
using layers::Mode;
using layers::Role;

// Makes the nodes of a wiring one by one.
class Builder {
 public:
  Builder(const std::vector<LayerEntry>& entries, const Wiring& wiring,
          const std::vector<Shape>& inputs)
      : entries_(entries), wiring_(wiring), outputs_of_(entries.size()) {
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      graph_.inputs.push_back(add_value(wiring.inputs[i].name, inputs[i], none));
    }
    graph_.node_of.resize(entries.size(), none);
    arrays_.resize(entries.size());
  }

  NetworkGraph build(const std::vector<bool>& trainable) && {
    for (const std::size_t entry : wiring_.order) add_entry(entry);
    for (std::size_t i = 0; i < wiring_.outputs.size(); ++i) {
      graph_.outputs.push_back(value_at(wiring_.output_sources[i], "model.outputs"));
    }
    add_layers(trainable);
    lay_out_parameters(graph_, std::move(arrays_));
    find_wanted_gradients();
    return std::move(graph_);
  }

 private:
  std::size_t add_value(const std::string& name, const Shape& shape, std::size_t maker);
  std::size_t add_node(GraphNode node, const std::vector<Shape>& outputs);
  void add_entry(std::size_t entry);
  std::size_t value_at(const Source& source, const std::string& key) const;
  std::shared_ptr<const layers::Layer> layer_for(std::size_t entry,
                                                 const std::vector<std::size_t>& inputs);
  std::size_t mask_of_output(const MaskRule& rule, const std::vector<std::size_t>& inputs,
                             std::size_t output);
  std::size_t any_mask(const std::vector<std::size_t>& inputs);
  std::size_t concatenated_mask(const std::vector<std::size_t>& inputs);
  void add_layers(const std::vector<bool>& trainable);
  void find_wanted_gradients();

  // A layer that is built for inputs of these shapes. Calls with the same share it.
  struct Built {
    std::size_t entry;
    std::vector<Shape> inputs;
    std::shared_ptr<const layers::Layer> layer;
  };

  const std::vector<LayerEntry>& entries_;
  const Wiring& wiring_;
  std::vector<std::vector<std::size_t>> outputs_of_;    // values, by entry
  std::vector<std::vector<layers::Parameter>> arrays_;  // by entry that has a layer
  std::vector<Built> built_;
  NetworkGraph graph_;
};

std::size_t Builder::add_value(const std::string& name, const Shape& shape, std::size_t maker) {
  const std::size_t value = graph_.values.size();
  graph_.values.push_back({.name = name,
                           .shape = shape,
                           .maker = maker,
                           .root_in_training = value,
                           .root_in_inference = value});
  return value;
}

std::size_t Builder::add_node(GraphNode node, const std::vector<Shape>& outputs) {
  const std::size_t index = graph_.nodes.size();
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    const std::string name = i == 0 ? node.name : fmt::format("{}#{}", node.name, i);
    node.outputs.push_back(add_value(name, outputs[i], index));
  }
  for (const Mode mode : {Mode::training, Mode::inference}) {
    const layers::LayerMemory memory = node.layer->memory(mode);
    for (std::size_t i = 0; i < memory.views.size(); ++i) {
      if (!memory.views[i]) continue;
      const std::size_t root = graph_.values[node.inputs[*memory.views[i]]].root(mode);
      GraphValue& output = graph_.values[node.outputs[i]];
      (mode == Mode::training ? output.root_in_training : output.root_in_inference) = root;
    }
  }
  graph_.nodes.push_back(std::move(node));
  return index;
}

std::size_t Builder::value_at(const Source& source, const std::string& key) const {
  if (source.is_input) return graph_.inputs[source.index];
  const std::vector<std::size_t>& outputs = outputs_of_[source.index];
  if (source.output < outputs.size()) return outputs[source.output];
  fail(ExitCode::bad_experiment, "{}: '{}#{}' does not exist, as the layer has {} outputs", key,
       wiring_.names[source.index], source.output, outputs.size());
}

void Builder::add_entry(std::size_t entry) {
  const std::string& name = wiring_.names[entry];
  const LayerEntry& kind = entries_[wiring_.layer_of[entry]];
  const MaskRule rule = layers::mask_rule(kind);
  std::vector<std::size_t> inputs;
  for (const Source& source : wiring_.reads[entry]) {
    inputs.push_back(value_at(source, key_of_entry(entry, name)));
  }
  const std::vector<std::size_t> read = inputs;
  const std::size_t given = graph_.values[inputs.front()].mask;
  if (rule.reads && given != none) inputs.push_back(given);

  GraphNode node{.name = name,
                 .layer = layer_for(entry, inputs),
                 .placed = wiring_.layer_of[entry],  // until the layers are listed
                 .entry = entry,
                 .inputs = std::move(inputs),
                 .given = read.size()};
  const std::vector<Shape> shapes = node.layer->output_shapes();
  require_sound(*node.layer, node.inputs, graph_.values, key_of_entry(entry, name));
  const std::size_t index = add_node(std::move(node), shapes);
  graph_.node_of[entry] = index;
  outputs_of_[entry] = graph_.nodes[index].outputs;
  const std::size_t first = outputs_of_[entry].front();
  const std::size_t last = outputs_of_[entry].back();
  if (rule.output == MaskRule::Output::made) graph_.values[last].is_mask = true;
  const std::size_t mask =
      rule.output == MaskRule::Output::made ? last : mask_of_output(rule, read, first);
  graph_.values[first].mask = mask;
}

std::shared_ptr<const layers::Layer> Builder::layer_for(std::size_t entry,
                                                        const std::vector<std::size_t>& inputs) {
  const std::size_t owner = wiring_.layer_of[entry];
  std::vector<Shape> shapes;
  for (const std::size_t input : inputs) shapes.push_back(graph_.values[input].shape);
  const auto found = std::ranges::find_if(
      built_, [&](const Built& built) { return built.entry == owner && built.inputs == shapes; });
  if (found != built_.end()) return found->layer;
  std::shared_ptr<const layers::Layer> layer =
      layers::make_layer(entries_[owner], shapes, key_of_entry(entry));
  std::vector<layers::Parameter> arrays = layer->parameters();
  const bool is_first =
      std::ranges::none_of(built_, [&](const Built& built) { return built.entry == owner; });
  if (is_first) {
    arrays_[owner] = std::move(arrays);
  } else {
    require_same_arrays(arrays_[owner], arrays, key_of_entry(entry, wiring_.names[entry]),
                        wiring_.names[owner]);
  }
  built_.push_back({owner, std::move(shapes), layer});
  return layer;
}

// The value that is the mask of the (first) output of a layer with these inputs; none if there is
// none.
std::size_t Builder::mask_of_output(const MaskRule& rule, const std::vector<std::size_t>& inputs,
                                    std::size_t output) {
  switch (rule.output) {
    case MaskRule::Output::none:
    case MaskRule::Output::made:
      return none;
    case MaskRule::Output::passed:
      return graph_.values[inputs.front()].mask;
    case MaskRule::Output::any_of:
      return any_mask(inputs);
    case MaskRule::Output::concatenated:
      if (graph_.values[output].shape[0] == graph_.values[inputs.front()].shape[0]) {
        return any_mask(inputs);  // not along the steps
      }
      return concatenated_mask(inputs);
  }
  return none;
}

std::size_t Builder::any_mask(const std::vector<std::size_t>& inputs) {
  std::vector<std::size_t> masks;
  for (const std::size_t input : inputs) {
    const std::size_t mask = graph_.values[input].mask;
    if (mask == none) return none;
    if (std::ranges::find(masks, mask) == masks.end()) masks.push_back(mask);
  }
  if (masks.size() == 1) return masks.front();
  const Shape shape = graph_.values[masks.front()].shape;
  const std::size_t node = add_node(
      {.name = "mask", .layer = layers::make_any_mask(masks.size(), shape[0]), .inputs = masks},
      {shape});
  graph_.values.back().is_mask = true;
  return graph_.nodes[node].outputs.front();
}

std::size_t Builder::concatenated_mask(const std::vector<std::size_t>& inputs) {
  std::vector<std::size_t> masks;
  std::vector<layers::MaskPart> parts;
  for (const std::size_t input : inputs) {
    const GraphValue& value = graph_.values[input];
    parts.push_back({.steps = value.shape[0], .is_there = value.mask != none});
    if (value.mask != none) masks.push_back(value.mask);
  }
  if (masks.empty()) return none;
  auto layer = layers::make_mask_concatenation(std::move(parts));
  const std::vector<Shape> shapes = layer->output_shapes();
  const std::size_t node =
      add_node({.name = "mask", .layer = std::move(layer), .inputs = std::move(masks)}, shapes);
  graph_.values.back().is_mask = true;
  return graph_.nodes[node].outputs.front();
}

void Builder::add_layers(const std::vector<bool>& trainable) {
  std::vector<std::size_t> layer_of(entries_.size(), none);
  for (std::size_t entry = 0; entry < entries_.size(); ++entry) {
    if (wiring_.layer_of[entry] != entry) continue;
    layer_of[entry] = graph_.layers.size();
    graph_.layers.push_back({.name = wiring_.names[entry],
                             .entry = entry,
                             .is_trainable = trainable[entry],
                             .calls = wiring_.calls(entry)});
  }
  for (GraphNode& node : graph_.nodes) {
    if (node.placed != none) node.placed = layer_of[node.placed];
  }
}

// Marks the values that depend on something to train, and the nodes that backpropagation calls.
void Builder::find_wanted_gradients() {
  for (GraphNode& node : graph_.nodes) {
    bool wants = node.placed != none && graph_.layers[node.placed].is_trained();
    for (std::size_t i = 0; i < node.inputs.size(); ++i) {
      const GraphValue& input = graph_.values[node.inputs[i]];
      if (!input.wants_gradient || input.is_mask) continue;
      require_gradient(*node.layer, i, key_of_entry(node.entry, node.name));
      wants = true;
    }
    node.runs_backward = wants;
    for (const std::size_t output : node.outputs) {
      graph_.values[output].wants_gradient = wants && !graph_.values[output].is_mask;
    }
  }
}

bool is_in_a_row(const NetworkGraph& graph) {
  if (graph.inputs.size() != 1 || graph.outputs.size() != 1) return false;
  std::size_t at = graph.inputs.front();
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    const GraphNode& node = graph.nodes[i];
    if (node.inputs != std::vector{at} || node.outputs.size() != 1 || node.entry != i) return false;
    at = node.outputs.front();
  }
  return graph.layers.size() == graph.nodes.size() && graph.outputs.front() == at;
}

}  // namespace

NetworkGraph build_graph(const std::vector<LayerEntry>& entries, const Wiring& wiring,
                         const std::vector<Shape>& inputs, const std::vector<bool>& trainable) {
  NetworkGraph graph = Builder(entries, wiring, inputs).build(trainable);
  graph.is_chain = is_in_a_row(graph);
  return graph;
}

}  // namespace tusk::graph
