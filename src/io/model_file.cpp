// SPDX-License-Identifier: Apache-2.0
#include "tusk/io/model_file.hpp"

#include <string_view>

#include "keras_names.hpp"
#include "model_config.hpp"
#include "model_weights.hpp"
#include "tusk/core/error.hpp"
#include "tusk/io/attributes.hpp"
#include "tusk/io/file.hpp"
#include "tusk/io/pending_file.hpp"
#include "tusk/nn/model.hpp"

namespace tusk::io {
namespace {

constexpr std::string_view keras_version = "2.15.0";  // of the layout, which Keras 3 reads too
constexpr std::string_view keras_backend = "tensorflow";

// The model as nn lays it out. Its loss plays no part in that.
nn::Model layout_of(const ModelContent& content) {
  return nn::Model({.layers = content.layers, .loss = LossKind::mse}, content.input);
}

void write_keras(File& file, const ModelContent& content) {
  const nn::Model model = layout_of(content);
  if (content.weights.size() != model.parameter_count()) {
    fail(ExitCode::internal, "{} weights for a model of {} parameters", content.weights.size(),
         model.parameter_count());
  }
  const auto config = write_model_config({content.input, content.layers}, model.layer_names());
  write_attribute(file, "/", "model_config", config.dump());
  write_model_weights(file, model.layer_names(), model.parameters(), content.weights);
  for (const char* object : {"/", "model_weights"}) {
    write_attribute(file, object, "keras_version", keras_version);
    write_attribute(file, object, "backend", keras_backend);
  }
}

void write_tusk(File& file, const ModelContent& content) {
  std::vector<std::string> metrics;
  for (const MetricKind metric : content.metrics) metrics.emplace_back(name_of(metric));
  file.create_group("tusk");
  if (content.loss) write_attribute(file, "tusk", "loss", name_of(*content.loss));
  write_attribute(file, "tusk", "huber_delta", content.huber_delta);
  write_attribute(file, "tusk", "metrics", metrics);
  write_attribute(file, "tusk", "transforms", content.transforms);
  write_attribute(file, "tusk", "class_names", content.class_names);
  write_column_names(file, "tusk", content.columns);
  write_attribute(file, "tusk", "facts", content.facts);
}

template <NamedEnum Enum>
Enum known(const File& file, const std::string& name, const char* what) {
  if (const auto value = value_of<Enum>(name)) return *value;
  fail(ExitCode::bad_data, "{}: {} '{}' is not known; known are {}", file.path(), what, name,
       all_names<Enum>());
}

void read_tusk(const File& file, ModelContent& content) {
  if (const auto loss = read_text(file, "tusk", "loss")) {
    content.loss = known<LossKind>(file, *loss, "loss");
  }
  content.huber_delta = read_number(file, "tusk", "huber_delta").value_or(content.huber_delta);
  const auto metrics = read_texts(file, "tusk", "metrics").value_or(std::vector<std::string>());
  for (const std::string& metric : metrics) {
    content.metrics.push_back(known<MetricKind>(file, metric, "metric"));
  }
  content.transforms = read_text(file, "tusk", "transforms").value_or(content.transforms);
  content.class_names =
      read_texts(file, "tusk", "class_names").value_or(std::vector<std::string>());
  content.columns = read_column_names(file, "tusk");
  content.facts = read_text(file, "tusk", "facts").value_or(content.facts);
}

AlignedVector<float> read_weights(const File& file, const ModelContent& content) {
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
    File file = File::create(pending.part());
    write_keras(file, model);
    write_tusk(file, model);
    file.close();
  }
  pending.publish();
}

ModelContent load_model(const std::string& path) {
  const File file = File::open(path);
  const auto json = read_text(file, "/", "model_config");
  if (!json) {
    fail(ExitCode::bad_data,
         "{}: not a Keras model in HDF5 format (it has no attribute 'model_config')", path);
  }
  ModelConfig config = read_model_config(*json, path);
  ModelContent content;
  content.input = std::move(config.input);
  content.layers = std::move(config.layers);
  if (file.has_group("tusk")) {
    read_tusk(file, content);
  } else if (const auto training = read_text(file, "/", "training_config")) {
    content.loss = read_training_loss(*training);
  }
  content.weights = read_weights(file, content);
  return content;
}

}  // namespace tusk::io
