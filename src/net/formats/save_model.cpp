// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <span>
#include <string_view>

#include "core/pending_file.hpp"
#include "data/hdf5/attributes.hpp"
#include "data/hdf5/memory_file.hpp"
#include "net/formats/keras3_weights.hpp"
#include "net/formats/keras_archive.hpp"
#include "net/formats/keras_order.hpp"
#include "net/formats/model_config.hpp"
#include "net/formats/model_file.hpp"
#include "net/formats/model_weights.hpp"
#include "net/formats/training_config.hpp"
#include "net/formats/transform_layers.hpp"
#include "net/formats/tusk_group.hpp"
#include "net/formats/zip_archive.hpp"
#include "tusk/error.hpp"

namespace tusk::formats {
namespace {

constexpr std::string_view keras_version = "3.0.0";  // whose words we use, in Keras 2's layout
constexpr std::string_view keras_backend = "tensorflow";

// The transforms as layers for Keras, with notes on what they cannot do there.
ModelFront make_front(const ModelContent& content, const graph::Model& model,
                      std::vector<std::string>& notes) {
  ModelFront front;
  const auto is_taken = [&](const std::string& name) { return name.starts_with(front.name); };
  while (std::ranges::any_of(model.layer_names(), is_taken) ||
         std::ranges::any_of(model.inputs(), is_taken, &graph::ModelInput::name)) {
    front.name += '_';
  }
  const auto note = [&](const std::string& text) {
    if (std::ranges::find(notes, text) == notes.end()) notes.push_back(text);
  };
  for (std::size_t i = 0; i < model.inputs().size(); ++i) {
    const graph::ModelInput& input = model.inputs()[i];
    const bool is_one = model.inputs().size() == 1;
    const InputData its = data_of_input(content, i);
    const Shape stored = its.stored.value_or(input.shape);
    TransformLayers transforms = layers_of_transforms(
        its.transforms, stored, input.shape, is_one ? front.name : front.name + '_' + input.name);
    const std::string where = is_one ? "" : fmt::format("input '{}': ", input.name);
    if (!transforms.obstacle.empty()) {
      note(where + transforms.obstacle +
           ": for Keras the file has the network without transforms, which takes what they leave "
           "of rows (docs/keras.md)");
      front.inputs.clear();
      return front;
    }
    for (const std::string& reason : transforms.imprecise) {
      note(where + reason + ": Keras's predictions will differ (docs/keras.md)");
    }
    front.inputs.push_back({std::move(transforms.layers), stored});
  }
  return front;
}

bool follows_schedule(const OptimizerOptions& optimizer) {
  return optimizer.schedule && !std::holds_alternative<ConstantSchedule>(optimizer.schedule->kind);
}

// What both forms of a model's file say of it.
struct Written {
  graph::Model model;
  ModelFront front;
  std::string config;           // the layers, as JSON
  std::string training_config;  // empty where Keras has no words for it
};

Written prepare(const ModelContent& content, std::vector<std::string>& notes) {
  graph::Model model = layout_of(content);
  if (content.weights.size() != model.parameter_count()) {
    fail(ExitCode::internal, "{} weights for a model of {} parameters", content.weights.size(),
         model.parameter_count());
  }
  ModelFront front = make_front(content, model, notes);
  std::string config = write_model_config(model, front);
  std::string training;
  if (content.optimizer) {
    std::string obstacle;
    training = write_training_config(content, obstacle);
    if (training.empty()) {
      notes.push_back("for Keras the file says no loss and optimizer, as " + obstacle +
                      "; compile the model there");
    }
  }
  return {std::move(model), std::move(front), std::move(config), std::move(training)};
}

// Keras 2 knows the slope of a LeakyReLU by its old name alone, which Keras 3 still takes.
void rename_slopes(nlohmann::ordered_json& json) {
  for (auto& each : json) {
    if (each.is_structured()) rename_slopes(each);
  }
  if (!json.is_object() || json.value("class_name", nlohmann::ordered_json()) != "LeakyReLU")
    return;
  const double slope = json["config"]["negative_slope"];
  json["config"].erase("negative_slope");
  json["config"]["alpha"] = slope;
}

std::string in_words_of_keras2(const std::string& config) {
  nlohmann::ordered_json json = nlohmann::ordered_json::parse(config);
  rename_slopes(json);
  return json.dump();
}

void write_keras(hdf5::File& file, const ModelContent& content, const Written& written) {
  std::vector<std::string> layers;
  for (const std::size_t layer : keras_order(written.model)) {
    layers.push_back(written.model.graph().layers[layer].name);
  }
  hdf5::write_attribute(file, "/", "model_config", in_words_of_keras2(written.config));
  write_model_weights(file, layers, written.model.parameters(), content.weights);
  for (const char* object : {"/", "model_weights"}) {
    hdf5::write_attribute(file, object, "keras_version", keras_version);
    hdf5::write_attribute(file, object, "backend", keras_backend);
  }
  if (!written.training_config.empty()) {
    hdf5::write_attribute(file, "/", "training_config", written.training_config);
  }
}

void write_state(hdf5::File& file, const ModelContent& content, const graph::Model& model,
                 OptimizerPlace place) {
  if (!content.optimizer || !content.optimizer_state) return;
  write_optimizer_state(file, *content.optimizer_state, parameters_in_keras_order(model),
                        follows_schedule(*content.optimizer), place);
}

// As an attribute has them: all as long as the longest.
std::uint64_t bytes_of_texts(const std::vector<std::string>& texts) {
  std::size_t longest = 0;
  for (const std::string& text : texts) longest = std::max(longest, text.size());
  return texts.size() * (longest + 1);
}

std::uint64_t bytes_of_columns(const datasets::ColumnNames& columns) {
  std::uint64_t bytes = bytes_of_texts(columns.names);
  for (const auto& [column, names] : columns.categories) bytes += bytes_of_texts(names);
  return bytes;
}

std::span<const std::byte> bytes_of_text(const std::string& text) {
  return std::as_bytes(std::span(text));
}

}  // namespace

std::vector<std::string> save_model(const std::string& path, const ModelContent& content) {
  PendingFile pending(path);
  std::vector<std::string> notes;
  const Written written = prepare(content, notes);
  {
    hdf5::File file = hdf5::File::create(pending.part());
    write_keras(file, content, written);
    write_tusk_group(file, content, written.model, written.front);
    write_state(file, content, written.model, OptimizerPlace::whole_file);
    file.close();
  }
  pending.publish();
  return notes;
}

std::uint64_t model_file_bytes(const ModelContent& content, std::size_t optimizer_arrays) {
  constexpr std::uint64_t of_file = 16384;  // groups, attributes that are short
  constexpr std::uint64_t of_layer = 4096;  // two groups
  constexpr std::uint64_t of_array = 1024;  // a data set
  const graph::Model model = layout_of(content);
  std::vector<std::string> notes;
  const ModelFront front = make_front(content, model, notes);
  const std::size_t copies = 1 + optimizer_arrays;
  std::uint64_t texts = write_model_config(model, front).size() + content.facts.size() +
                        content.transforms.size() + bytes_of_columns(content.columns) +
                        bytes_of_texts(content.class_names);
  for (const InputData& input : content.input_data) {
    texts += input.transforms.size() + bytes_of_columns(input.columns);
  }
  for (const LabelData& label : content.label_data) texts += bytes_of_texts(label.class_names);
  std::size_t layers = model.layers().size();
  for (const InputFront& input : front.inputs) layers += input.layers.size();
  return of_file + texts + of_layer * layers + of_array * model.parameters().size() * copies +
         sizeof(float) * model.parameter_count() * copies;
}

std::vector<std::string> save_archive(const std::string& path, const ModelContent& content) {
  PendingFile pending(path);
  std::vector<std::string> notes;
  const Written written = prepare(content, notes);
  hdf5::File file = hdf5::create_bytes(path);
  const std::string config = archive_config(written.config, written.training_config);
  file.create_group("vars");  // of the model itself, which has none; Keras 2.15 looks for it
  write_keras3_weights(file, written.model, content.weights, written.config);
  write_tusk_group(file, content, written.model, written.front);
  if (!written.training_config.empty()) {  // without, Keras makes no optimizer
    write_state(file, content, written.model, OptimizerPlace::archive);
  }
  const std::vector<std::byte> weights = hdf5::to_bytes(file);
  const std::string metadata = nlohmann::ordered_json{{"keras_version", keras_version}}.dump();
  const std::vector<ZipPart> parts{{"metadata.json", bytes_of_text(metadata)},
                                   {"config.json", bytes_of_text(config)},
                                   {"model.weights.h5", weights}};
  write_zip(pending.part(), parts);
  pending.publish();
  return notes;
}

}  // namespace tusk::formats
