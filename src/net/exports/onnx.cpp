// SPDX-License-Identifier: Apache-2.0
#include "net/exports/onnx.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "net/exports/metadata.hpp"
#include "net/exports/onnx_graph.hpp"
#include "net/exports/onnx_layers.hpp"
#include "net/exports/onnx_masks.hpp"
#include "net/exports/onnx_transforms.hpp"
#include "net/formats/model_file.hpp"
#include "net/graph/model.hpp"
#include "tusk/error.hpp"

namespace tusk::exports {
namespace {

// Goes through the nodes of a model, each a call of a layer.
class NetworkWriter {
 public:
  NetworkWriter(OnnxGraph& onnx, const graph::Model& model, std::span<const float> weights)
      : onnx_(onnx),
        model_(model),
        graph_(model.graph()),
        weights_(weights),
        values_(graph_.values.size()) {}

  void set(std::size_t value, Value name) { values_[value] = std::move(name); }
  const Value& at(std::size_t value) const { return values_[value]; }

  void write() {
    for (const graph::GraphNode& node : graph_.nodes) {
      if (node.placed == graph::none) continue;  // joins masks: read_mask()
      const graph::GraphLayer& layer = graph_.layers[node.placed];
      try {
        values_[node.outputs.front()] = to_onnx(call_of(node), options_of(node));
      } catch (const Error& error) {
        fail(error.code(), "ONNX: layer '{}': {}", layer.name, error.what());
      }
    }
  }

 private:
  const LayerOptions& options_of(const graph::GraphNode& node) const {
    return model_.layers()[graph_.layers[node.placed].entry];
  }

  LayerCall call_of(const graph::GraphNode& node) {
    const graph::GraphLayer& layer = graph_.layers[node.placed];
    LayerCall call{.onnx = onnx_,
                   .layer = layer.name,
                   .inputs = {},
                   .shapes = {},
                   .output = graph_.values[node.outputs.front()].shape,
                   .array = [this, &layer](const std::string& name) { return array(layer, name); }};
    for (std::size_t i = 0; i < node.given; ++i) {
      call.inputs.push_back(values_[node.inputs[i]]);
      call.shapes.push_back(graph_.values[node.inputs[i]].shape);
    }
    onnx_.begin(node.name);
    if (node.inputs.size() > node.given) call.mask = read_mask(node.inputs.back());
    return call;
  }

  // A mask is written where the first layer reads it.
  const Value& read_mask(std::size_t value) {
    if (!values_[value].empty()) return values_[value];
    const graph::GraphNode& maker = graph_.nodes[graph_.values[value].maker];
    const std::string reader = onnx_.place();
    values_[value] = maker.placed == graph::none ? joined_mask(value, maker)
                                                 : made_mask(call_of(maker), options_of(maker));
    onnx_.begin(reader);
    return values_[value];
  }

  // The graph puts such a node behind a merge, whose output is the first value with this mask.
  Value joined_mask(std::size_t value, const graph::GraphNode& node) {
    const auto merged = std::ranges::find(graph_.values, value, &graph::GraphValue::mask);
    const graph::GraphNode& merge = graph_.nodes[merged->maker];
    if (merged->shape[0] == graph_.values[merge.inputs.front()].shape[0]) {
      std::vector<Value> masks;
      for (const std::size_t mask : node.inputs) masks.push_back(read_mask(mask));
      onnx_.begin(merge.name);
      return any_mask(onnx_, masks);
    }
    std::vector<MaskSpan> parts;
    for (const std::size_t input : merge.inputs) {
      const graph::GraphValue& its = graph_.values[input];
      parts.push_back({.steps = its.shape[0], .mask = std::nullopt});
      if (its.mask != graph::none) parts.back().mask = read_mask(its.mask);
    }
    onnx_.begin(merge.name);
    return concatenated_mask(onnx_, parts);
  }

  LayerCall::Array array(const graph::GraphLayer& layer, const std::string& name) const {
    for (const layers::Parameter& parameter : model_.parameters()) {
      if (parameter.layer != layer.name || parameter.name != name) continue;
      return {&parameter, weights_.subspan(parameter.offset, parameter.size())};
    }
    fail(ExitCode::internal, "it has no array '{}'", name);
  }

  OnnxGraph& onnx_;
  const graph::Model& model_;
  const graph::NetworkGraph& graph_;
  std::span<const float> weights_;
  std::vector<Value> values_;  // by the graph's value
};

// An input of the file, and behind it what its transforms make of it.
Value add_input(OnnxGraph& file, const graph::Model& model, const formats::ModelContent& content,
                std::size_t index, std::vector<std::string>& notes) {
  const graph::ModelInput& input = model.inputs()[index];
  const bool is_one = model.inputs().size() == 1;
  const formats::InputData its = formats::data_of_input(content, index);
  const OnnxTransforms transforms = look_at(its.transforms);
  if (transforms.are_none) {
    file.add_input(input.name, OnnxType::f32, input.shape);
    return input.name;
  }
  try {
    const Shape stored = its.stored.value_or(stored_shape(its.transforms, input.shape));
    file.add_input(input.name, transforms.from_float64 ? OnnxType::f64 : OnnxType::f32, stored);
    if (transforms.from_float64) {
      notes.push_back(
          fmt::format("{} takes rows of float64, as those that its transforms learned from",
                      is_one ? "it" : "input '" + input.name + "'"));
    }
    file.begin(is_one ? "transforms" : "transforms_of_" + input.name);
    return add_transforms(file, input.name, its.transforms, stored, input.shape);
  } catch (const Error& error) {
    if (is_one) throw;
    fail(error.code(), "input '{}': {}", input.name, error.what());
  }
}

}  // namespace

std::string onnx(const formats::ModelContent& content, std::vector<std::string>& notes) try {
  const graph::Model model = formats::make_model(formats::options_of(content), content);
  const AlignedVector<float> weights = formats::weights_for(model, content);
  OnnxGraph file;
  NetworkWriter network(file, model, weights);
  for (std::size_t i = 0; i < model.inputs().size(); ++i) {
    network.set(model.graph().inputs[i], add_input(file, model, content, i, notes));
  }
  network.write();
  for (std::size_t i = 0; i < model.outputs().size(); ++i) {
    const graph::ModelOutput& output = model.outputs()[i];
    file.begin(output.name);
    const Value predictions = network.at(model.graph().outputs[i]);
    file.add_output(output.name, output.shape,
                    undo_labels(file, predictions, content.transforms, i, output.shape));
  }
  return file.model(metadata_of(content));
} catch (const nlohmann::json::exception& error) {
  fail(ExitCode::bad_data, "the transforms cannot be read: {}", error.what());
}

}  // namespace tusk::exports
