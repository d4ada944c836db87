// SPDX-License-Identifier: Apache-2.0
#include "net/exports/onnx.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "net/exports/onnx_graph.hpp"
#include "net/exports/onnx_layers.hpp"
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
      if (node.placed == graph::none) continue;  // makes masks, which nobody reads here
      const graph::GraphLayer& layer = graph_.layers[node.placed];
      try {
        write_call(node, layer);
      } catch (const Error& error) {
        fail(error.code(), "ONNX: layer '{}': {}", layer.name, error.what());
      }
    }
  }

 private:
  void write_call(const graph::GraphNode& node, const graph::GraphLayer& layer) {
    if (node.inputs.size() > node.given) {
      fail(ExitCode::bad_data, "it reads a mask, which the operators of ONNX do not");
    }
    LayerCall call{.onnx = onnx_,
                   .layer = layer.name,
                   .inputs = {},
                   .shapes = {},
                   .output = graph_.values[node.outputs.front()].shape,
                   .array = [this, &layer](const std::string& name) { return array(layer, name); }};
    for (const std::size_t input : node.inputs) {
      call.inputs.push_back(values_[input]);
      call.shapes.push_back(graph_.values[input].shape);
    }
    onnx_.begin(node.name);
    values_[node.outputs.front()] =
        to_onnx(call, static_cast<const LayerOptions&>(model_.layers()[layer.entry]));
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

}  // namespace

std::string onnx(const formats::ModelContent& content, std::vector<std::string>& notes) try {
  const graph::Model model = formats::make_model(formats::options_of(content), content);
  const AlignedVector<float> weights = formats::weights_for(model, content);
  OnnxGraph file;
  NetworkWriter network(file, model, weights);
  const OnnxTransforms transforms = look_at(content.transforms);
  const bool others_have = std::ranges::any_of(
      content.input_data,
      [](const formats::InputData& input) { return !look_at(input.transforms).are_none; });
  if ((!transforms.are_none || others_have) && model.inputs().size() > 1) {
    fail(ExitCode::bad_data, "ONNX: transforms of a model with {} inputs cannot be written",
         model.inputs().size());
  }
  for (std::size_t i = 0; i < model.inputs().size(); ++i) {
    const graph::ModelInput& input = model.inputs()[i];
    Value value = input.name;
    if (transforms.are_none) {
      file.add_input(input.name, OnnxType::f32, input.shape);
    } else {
      const Shape stored = content.stored.value_or(stored_shape(content.transforms, input.shape));
      file.add_input(input.name, transforms.from_float64 ? OnnxType::f64 : OnnxType::f32, stored);
      value = add_transforms(file, input.name, content.transforms, stored, input.shape);
    }
    network.set(model.graph().inputs[i], value);
  }
  network.write();
  for (std::size_t i = 0; i < model.outputs().size(); ++i) {
    const graph::ModelOutput& output = model.outputs()[i];
    file.begin(output.name);
    file.add_output(output.name, output.shape, network.at(model.graph().outputs[i]));
  }
  if (transforms.from_float64) {
    notes.emplace_back("it takes rows of float64, as those that its transforms learned from");
  }
  return file.model({{"transforms", content.transforms},
                     {"class_names", nlohmann::json(content.class_names).dump()},
                     {"columns", nlohmann::json(content.columns.names).dump()}});
} catch (const nlohmann::json::exception& error) {
  fail(ExitCode::bad_data, "the transforms cannot be read: {}", error.what());
}

}  // namespace tusk::exports
