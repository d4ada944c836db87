// SPDX-License-Identifier: Apache-2.0
#include "net/formats/model_file.hpp"

#include <string_view>

#include "core/pending_file.hpp"
#include "data/hdf5/attributes.hpp"
#include "data/hdf5/file.hpp"
#include "net/formats/keras_layer.hpp"
#include "net/formats/keras_names.hpp"
#include "net/formats/loss_attribute.hpp"
#include "net/formats/model_config.hpp"
#include "net/formats/model_weights.hpp"
#include "net/graph/model.hpp"
#include "tusk/error.hpp"

namespace tusk::formats {
namespace {

constexpr std::string_view keras_version = "3.0.0";  // whose words we use, in Keras 2's layout
constexpr std::string_view keras_backend = "tensorflow";

// The model as nn lays it out. Its loss plays no part in that.
graph::Model layout_of(const ModelContent& content) {
  return graph::Model({.layers = content.layers, .loss = LossKind::mse}, content.input);
}

void write_keras(hdf5::File& file, const ModelContent& content) {
  const graph::Model model = layout_of(content);
  if (content.weights.size() != model.parameter_count()) {
    fail(ExitCode::internal, "{} weights for a model of {} parameters", content.weights.size(),
         model.parameter_count());
  }
  const auto config = write_model_config({content.input, content.layers}, model.layer_names());
  hdf5::write_attribute(file, "/", "model_config", config);
  write_model_weights(file, model.layer_names(), model.parameters(), content.weights);
  for (const char* object : {"/", "model_weights"}) {
    hdf5::write_attribute(file, object, "keras_version", keras_version);
    hdf5::write_attribute(file, object, "backend", keras_backend);
  }
}

void write_tusk(hdf5::File& file, const ModelContent& content) {
  std::vector<std::string> metrics;
  for (const MetricKind metric : content.metrics) metrics.emplace_back(name_of(metric));
  file.create_group("tusk");
  if (content.loss) write_loss(file, *content.loss);
  hdf5::write_attribute(file, "tusk", "huber_delta", content.huber_delta);
  hdf5::write_attribute(file, "tusk", "metrics", metrics);
  hdf5::write_attribute(file, "tusk", "transforms", content.transforms);
  hdf5::write_attribute(file, "tusk", "class_names", content.class_names);
  datasets::write_column_names(file, "tusk", content.columns);
  hdf5::write_attribute(file, "tusk", "facts", content.facts);
}

MetricKind known_metric(const hdf5::File& file, const std::string& name) {
  if (const auto value = value_of<MetricKind>(name)) return *value;
  fail(ExitCode::bad_data, "{}: metric '{}' is not known; known are {}", file.path(), name,
       all_names<MetricKind>());
}

void read_tusk(const hdf5::File& file, ModelContent& content, const Extensions& extensions) {
  content.loss = read_loss(file, extensions);
  content.huber_delta =
      hdf5::read_number(file, "tusk", "huber_delta").value_or(content.huber_delta);
  const auto metrics =
      hdf5::read_texts(file, "tusk", "metrics").value_or(std::vector<std::string>());
  for (const std::string& metric : metrics) {
    content.metrics.push_back(known_metric(file, metric));
  }
  content.transforms = hdf5::read_text(file, "tusk", "transforms").value_or(content.transforms);
  content.class_names =
      hdf5::read_texts(file, "tusk", "class_names").value_or(std::vector<std::string>());
  content.columns = datasets::read_column_names(file, "tusk");
  content.facts = hdf5::read_text(file, "tusk", "facts").value_or(content.facts);
}

AlignedVector<float> read_weights(const hdf5::File& file, const ModelContent& content) {
  try {
    return read_model_weights(file, layout_of(content).parameters());
  } catch (const Error& error) {
    if (error.code() != ExitCode::bad_experiment) throw;
    fail(ExitCode::bad_data, "{}: {}", file.path(), error.what());  // layers that do not fit
  }
}

}  // namespace

void save_model(const std::string& path, const ModelContent& model) {
  PendingFile pending(path);
  {
    hdf5::File file = hdf5::File::create(pending.part());
    write_keras(file, model);
    write_tusk(file, model);
    file.close();
  }
  pending.publish();
}

ModelContent load_model(const std::string& path, const Extensions& extensions) {
  const hdf5::File file = hdf5::File::open(path);
  const auto json = hdf5::read_text(file, "/", "model_config");
  if (!json) {
    fail(ExitCode::bad_data,
         "{}: not a Keras model in HDF5 format (it has no attribute 'model_config')", path);
  }
  ModelConfig config = read_model_config(*json, path, extensions);
  ModelContent content;
  content.input = std::move(config.input);
  content.layers = std::move(config.layers);
  // Versions before 2 do not say which they are.
  if (hdf5::read_text(file, "/", "keras_version").value_or("1") < "3") {
    for (LayerOptions& layer : content.layers) mean_as_before_keras3(layer);
  }
  if (file.has_group("tusk")) {
    read_tusk(file, content, extensions);
  } else if (const auto training = hdf5::read_text(file, "/", "training_config")) {
    content.loss = read_training_loss(*training);
  }
  content.weights = read_weights(file, content);
  return content;
}

}  // namespace tusk::formats
