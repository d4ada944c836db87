// SPDX-License-Identifier: Apache-2.0
#include "net/formats/tusk_group.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "data/hdf5/attributes.hpp"
#include "data/hdf5/file.hpp"
#include "net/formats/data_attributes.hpp"
#include "net/formats/keras_graph.hpp"
#include "net/formats/loss_attribute.hpp"
#include "net/formats/output_attributes.hpp"
#include "net/graph/entry_names.hpp"
#include "options/describe.hpp"
#include "options/json_reader.hpp"
#include "options/json_writer.hpp"
#include "tusk/error.hpp"

namespace tusk::formats {
namespace {

// [28, 28] of an attribute of the group.
Shape read_shape(const hdf5::File& file, const char* name, nlohmann::json shape) {
  if (!shape.is_array()) {
    fail(ExitCode::bad_data, "{}: the attribute '{}' of group 'tusk' is no shape", file.path(),
         name);
  }
  shape.insert(shape.begin(), nullptr);
  return read_keras_shape(shape, fmt::format("{}: group 'tusk'", file.path()));
}

// `network_input`: what the network itself reads, "[28, 28]", or of several inputs "[[28, 28],
// [3]]".
void write_front(hdf5::File& file, const graph::Model& model, const ModelFront& front) {
  const auto has_layers = [](const InputFront& input) { return !input.layers.empty(); };
  if (std::ranges::none_of(front.inputs, has_layers)) return;
  hdf5::write_attribute(file, "tusk", "transform_layers", front_names(model, front));
  nlohmann::json shapes;
  for (const graph::ModelInput& input : model.inputs()) shapes.push_back(input.shape.extents());
  hdf5::write_attribute(file, "tusk", "network_input",
                        (shapes.size() == 1 ? shapes[0] : shapes).dump());
}

void write_optimizer(hdf5::File& file, const ModelContent& content) {
  if (!content.optimizer || std::holds_alternative<UserOptimizer>(content.optimizer->kind)) return;
  OptimizerOptions copy = *content.optimizer;  // describe() takes what it could also change
  nlohmann::ordered_json json = nlohmann::ordered_json::object();
  options::write_json(json, options::table_of(copy));
  hdf5::write_attribute(file, "tusk", "optimizer", json.dump());
}

// The names that training had for outputs which are calls of a layer that is called again; in
// Keras's configuration calls have numbers alone.
void rename_outputs(const hdf5::File& file, const std::vector<OutputOptions>& outputs,
                    ModelContent& content) {
  if (content.outputs.empty()) return;  // a chain
  if (outputs.size() != content.outputs.size()) {
    fail(ExitCode::bad_data, "{}: {} outputs in the group 'tusk', but {} in 'model_config'",
         file.path(), outputs.size(), content.outputs.size());
  }
  const std::vector<std::string> names = graph::names_of_entries(content.layers);
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    const std::string& old = content.outputs[i].name;
    const std::string& name = outputs[i].name;
    const auto entry = std::ranges::find(names, old) - names.begin();
    if (old == name || entry == std::ssize(names)) continue;
    content.layers[static_cast<std::size_t>(entry)].name = name;
    for (LayerEntry& layer : content.layers) std::ranges::replace(layer.inputs, old, name);
  }
}

}  // namespace

void write_tusk_group(hdf5::File& file, const ModelContent& content, const graph::Model& model,
                      const ModelFront& front) {
  file.create_group("tusk");
  write_front(file, model, front);
  write_optimizer(file, content);
  if (content.loss) write_loss(file, "tusk", *content.loss);
  write_loss_details(file, "tusk", loss_details(content));
  write_metrics(file, "tusk", content.metrics);
  if (!content.weighted_metrics.empty()) {
    write_metrics(file, "tusk", content.weighted_metrics, "weighted_metrics");
  }
  hdf5::write_attribute(file, "tusk", "transforms", content.transforms);
  hdf5::write_attribute(file, "tusk", "class_names", content.class_names);
  datasets::write_column_names(file, "tusk", content.columns);
  hdf5::write_attribute(file, "tusk", "facts", content.facts);
  if (content.stored) {
    hdf5::write_attribute(file, "tusk", "stored", nlohmann::json(content.stored->extents()).dump());
  }
  write_outputs(file, content.outputs);
  write_data(file, content);
}

void read_tusk_group(const hdf5::File& file, ModelContent& content, const Extensions& extensions) {
  content.loss = read_loss(file, "tusk", extensions);
  read_loss_details(file, "tusk", content);
  content.metrics = read_metrics(file, "tusk").value_or(content.metrics);
  content.weighted_metrics =
      read_metrics(file, "tusk", "weighted_metrics").value_or(content.weighted_metrics);
  content.transforms = hdf5::read_text(file, "tusk", "transforms").value_or(content.transforms);
  content.class_names =
      hdf5::read_texts(file, "tusk", "class_names").value_or(std::vector<std::string>());
  content.columns = datasets::read_column_names(file, "tusk");
  content.facts = hdf5::read_text(file, "tusk", "facts").value_or(content.facts);
  if (const auto stored = hdf5::read_text(file, "tusk", "stored")) {
    content.stored = read_shape(file, "stored", nlohmann::json::parse(*stored, nullptr, false));
  }
  std::vector<OutputOptions> outputs = read_outputs(file, extensions);
  if (!outputs.empty()) {
    rename_outputs(file, outputs, content);
    content.outputs = std::move(outputs);
  }
  read_data(file, content);
}

void read_own_optimizer(const hdf5::File& file, ModelContent& content) {
  const auto text = hdf5::read_text(file, "tusk", "optimizer");
  if (!text) return;
  const std::string where =
      fmt::format("{}: the attribute 'optimizer' of group 'tusk'", file.path());
  nlohmann::json json;
  try {
    json = parse_keras_json(*text, where);
  } catch (const nlohmann::json::exception& error) {
    fail(ExitCode::bad_data, "{} cannot be read: {}", where, error.what());
  }
  if (!json.is_object()) fail(ExitCode::bad_data, "{} is no JSON object", where);
  OptimizerOptions optimizer;
  options::read_json(json, options::table_of(optimizer), where);
  content.optimizer = optimizer;
}

WrittenFront read_front(const hdf5::File& file) {
  WrittenFront front;
  if (!file.has_group("tusk")) return front;
  front.names = hdf5::read_texts(file, "tusk", "transform_layers").value_or(front.names);
  if (front.names.empty()) return front;
  const std::string text = hdf5::read_text(file, "tusk", "network_input").value_or("");
  const nlohmann::json shapes = nlohmann::json::parse(text, nullptr, false);
  const bool are_several = shapes.is_array() && !shapes.empty() && shapes[0].is_array();
  for (const nlohmann::json& shape : are_several ? shapes : nlohmann::json::array({shapes})) {
    front.inputs.push_back(read_shape(file, "network_input", shape));
  }
  return front;
}

}  // namespace tusk::formats
