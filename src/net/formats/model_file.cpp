// SPDX-License-Identifier: Apache-2.0
#include "net/formats/model_file.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <span>
#include <string_view>

#include "core/pending_file.hpp"
#include "data/hdf5/attributes.hpp"
#include "data/hdf5/checksum.hpp"
#include "data/hdf5/file.hpp"
#include "net/formats/data_attributes.hpp"
#include "net/formats/keras_graph.hpp"
#include "net/formats/keras_names.hpp"
#include "net/formats/loss_attribute.hpp"
#include "net/formats/model_config.hpp"
#include "net/formats/model_weights.hpp"
#include "net/formats/output_attributes.hpp"
#include "net/formats/training_config.hpp"
#include "net/formats/transform_layers.hpp"
#include "net/graph/entry_names.hpp"
#include "net/graph/model.hpp"
#include "options/describe.hpp"
#include "options/json_reader.hpp"
#include "options/json_writer.hpp"
#include "tusk/error.hpp"

namespace tusk::formats {
namespace {

constexpr std::string_view keras_version = "3.0.0";  // whose words we use, in Keras 2's layout
constexpr std::string_view keras_backend = "tensorflow";

// The model as `graph` lays it out. Losses play no part in that.
graph::Model layout_of(const ModelContent& content) {
  ModelOptions options{.layers = content.layers, .inputs = content.inputs, .loss = LossKind::mse};
  for (const OutputOptions& output : content.outputs) {
    options.outputs.push_back({.name = output.name});
  }
  return make_model(options, content);
}

// The transforms as layers for Keras, with notes on what they cannot do there.
ModelFront make_front(const ModelContent& content, const graph::Model& model,
                      std::vector<std::string>& notes) {
  ModelFront front;
  const auto is_taken = [&](const std::string& name) { return name.starts_with(front.name); };
  while (std::ranges::any_of(model.layer_names(), is_taken) ||
         std::ranges::any_of(model.inputs(), is_taken, &graph::ModelInput::name)) {
    front.name += '_';
  }
  const Shape& input = model.input_shape();
  front.stored = content.stored.value_or(input);
  TransformLayers transforms;
  if (model.inputs().size() == 1) {
    transforms = layers_of_transforms(content.transforms, front.stored, input, front.name);
  } else if (std::ranges::any_of(content.input_data,
                                 [](const InputData& one) { return one.transforms != "[]"; })) {
    transforms.obstacle = "the model has several inputs with transforms";
  }
  if (!transforms.obstacle.empty()) {
    notes.push_back(transforms.obstacle +
                    ": for Keras the file has the network without transforms, which takes what "
                    "they leave of rows (docs/keras.md)");
  }
  for (const std::string& reason : transforms.imprecise) {
    notes.push_back(reason + ": Keras's predictions will differ (docs/keras.md)");
  }
  front.layers = std::move(transforms.layers);
  return front;
}

void write_front(hdf5::File& file, const graph::Model& model, const ModelFront& front) {
  if (front.layers.empty()) return;
  hdf5::write_attribute(file, "tusk", "transform_layers", front_names(model, front));
  hdf5::write_attribute(file, "tusk", "network_input",
                        nlohmann::json(model.input_shape().extents()).dump());
}

WrittenFront read_front(const hdf5::File& file) {
  WrittenFront front;
  if (!file.has_group("tusk")) return front;
  front.names = hdf5::read_texts(file, "tusk", "transform_layers").value_or(front.names);
  if (front.names.empty()) return front;
  const std::string text = hdf5::read_text(file, "tusk", "network_input").value_or("");
  nlohmann::json shape = nlohmann::json::parse(text, nullptr, false);
  if (!shape.is_array()) {
    fail(ExitCode::bad_data, "{}: the attribute 'network_input' of group 'tusk' is no shape",
         file.path());
  }
  shape.insert(shape.begin(), nullptr);
  front.input = read_keras_shape(shape, fmt::format("{}: group 'tusk'", file.path()));
  return front;
}

bool follows_schedule(const OptimizerOptions& optimizer) {
  return optimizer.schedule && !std::holds_alternative<ConstantSchedule>(optimizer.schedule->kind);
}

// Loss, metrics and optimizer, for Keras and for us.
void write_training(hdf5::File& file, const ModelContent& content, const graph::Model& model,
                    std::vector<std::string>& notes) {
  if (!content.optimizer) return;
  std::string obstacle;
  const std::string config = write_training_config(content, obstacle);
  if (config.empty()) {
    notes.push_back("for Keras the file says no loss and optimizer, as " + obstacle +
                    "; compile the model there");
  } else {
    hdf5::write_attribute(file, "/", "training_config", config);
  }
  if (!std::holds_alternative<UserOptimizer>(content.optimizer->kind)) {
    OptimizerOptions copy = *content.optimizer;  // describe() takes what it could also change
    nlohmann::ordered_json json = nlohmann::ordered_json::object();
    options::write_json(json, options::table_of(copy));
    hdf5::write_attribute(file, "tusk", "optimizer", json.dump());
  }
  if (!content.optimizer_state) return;
  write_optimizer_state(file, *content.optimizer_state, model.parameters(),
                        follows_schedule(*content.optimizer));
}

// Our own word on the optimizer, which says what Keras has no words for.
void read_optimizer(const hdf5::File& file, ModelContent& content) {
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

void write_keras(hdf5::File& file, const ModelContent& content, std::vector<std::string>& notes) {
  const graph::Model model = layout_of(content);
  if (content.weights.size() != model.parameter_count()) {
    fail(ExitCode::internal, "{} weights for a model of {} parameters", content.weights.size(),
         model.parameter_count());
  }
  std::vector<std::string> layers;
  for (const graph::GraphLayer& layer : model.graph().layers) layers.push_back(layer.name);
  const ModelFront front = make_front(content, model, notes);
  hdf5::write_attribute(file, "/", "model_config", write_model_config(model, front));
  write_model_weights(file, layers, model.parameters(), content.weights);
  for (const char* object : {"/", "model_weights"}) {
    hdf5::write_attribute(file, object, "keras_version", keras_version);
    hdf5::write_attribute(file, object, "backend", keras_backend);
  }
  file.create_group("tusk");
  write_front(file, model, front);
  write_training(file, content, model, notes);
}

void write_tusk(hdf5::File& file, const ModelContent& content) {
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
  write_outputs(file, content.outputs);
  write_data(file, content);
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

void read_tusk(const hdf5::File& file, ModelContent& content, const Extensions& extensions) {
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
  std::vector<OutputOptions> outputs = read_outputs(file, extensions);
  if (!outputs.empty()) {
    rename_outputs(file, outputs, content);
    content.outputs = std::move(outputs);
  }
  read_data(file, content);
}

// The groups of weights as the file has them.
std::vector<StoredGroup> stored_groups(const graph::Model& model,
                                       const std::vector<WeightGroup>& groups, bool is_theano) {
  std::vector<StoredGroup> stored;
  for (const WeightGroup& group : groups) {
    StoredGroup arrays{.is_pruned = group.is_pruned, .arrays = {}};
    std::vector<StoredGroup::Array> untrained;
    for (const graph::GraphLayer& layer : model.graph().layers) {
      if (std::ranges::find(group.entries, layer.entry) == group.entries.end()) continue;
      const LayerOptions& kind = model.layers()[layer.entry];
      bool is_flipped = is_theano && (std::holds_alternative<Conv1dOptions>(kind) ||
                                      std::holds_alternative<Conv2dOptions>(kind) ||
                                      std::holds_alternative<Conv2dTransposeOptions>(kind));
      for (const layers::Parameter& parameter : model.parameters()) {
        if (parameter.layer != layer.name) continue;
        const bool is_trained = parameter.role == layers::Role::trained && !parameter.frozen;
        const bool is_last = group.entries.size() > 1 && !is_trained;
        (is_last ? untrained : arrays.arrays).push_back({&parameter, is_flipped});
        is_flipped = false;  // a bias has no sides
      }
    }
    arrays.arrays.insert(arrays.arrays.end(), untrained.begin(), untrained.end());
    stored.push_back(std::move(arrays));
  }
  return stored;
}

// The group that weights are in; "" where the file has nothing else. Error(bad_data) if there are
// none.
std::string root_of_weights(const hdf5::File& file) {
  if (file.has_group("model_weights")) return "model_weights";
  if (hdf5::read_texts(file, "/", "layer_names")) return "";
  fail(ExitCode::bad_data, "{}: neither a Keras model nor its weights in HDF5 format", file.path());
}

AlignedVector<float> read_weights(const hdf5::File& file, const ModelContent& content,
                                  const std::vector<WeightGroup>& groups) {
  try {
    const graph::Model model = layout_of(content);
    const std::string root = root_of_weights(file);
    const bool is_theano = hdf5::read_text(file, "/", "backend") == "theano";
    return read_model_weights(file, root, stored_groups(model, groups, is_theano));
  } catch (const Error& error) {
    if (error.code() != ExitCode::bad_experiment) throw;
    fail(ExitCode::bad_data, "{}: {}", file.path(), error.what());  // layers that do not fit
  }
}

// What a whole file has beside layers and weights.
void read_rest(const hdf5::File& file, ModelContent& content, const Extensions& extensions) {
  const auto training = hdf5::read_text(file, "/", "training_config");
  if (file.has_group("tusk")) {
    read_tusk(file, content, extensions);
  } else if (training) {
    read_training_config(*training, content);
  }
  if (training) read_compiled_optimizer(*training, content);
  if (file.has_group("tusk")) read_optimizer(file, content);
}

ModelContent content_of(ModelConfig config) {
  ModelContent content;
  content.input = std::move(config.input);
  content.stored = std::move(config.stored);
  content.layers = std::move(config.layers);
  content.inputs = std::move(config.inputs);
  content.outputs = std::move(config.outputs);
  return content;
}

bool is_json(const std::string& path) {
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(path, ignored)) return false;
  std::ifstream in(path, std::ios::binary);
  in >> std::ws;
  return in.peek() == '{';
}

std::string read_json_text(const std::string& path) {
  constexpr std::uintmax_t longest = std::uintmax_t{1} << 26;
  std::error_code error;
  if (std::filesystem::file_size(path, error) > longest) {
    fail(ExitCode::bad_data, "{}: more than 64 MiB, which is no JSON of a model", path);
  }
  std::ifstream in(path, std::ios::binary);
  if (!in) fail(ExitCode::no_input, "{}: cannot be opened", path);
  return {std::istreambuf_iterator<char>(in), {}};
}

nlohmann::json parse_architecture(const std::string& text, const std::string& path) {
  try {
    nlohmann::json json = parse_keras_json(text, path);
    if (json.is_object()) return json;
  } catch (const nlohmann::json::exception& error) {
    fail(ExitCode::bad_data, "{}: the JSON cannot be read: {}", path, error.what());
  }
  fail(ExitCode::bad_data, "{}: the JSON is no model's", path);
}

// A model before its weights are read, and how these are grouped in their file.
struct Loaded {
  ModelContent content;
  std::vector<WeightGroup> groups;
};

Loaded without_weights(ModelConfig config) {
  std::vector<WeightGroup> groups = std::move(config.weights);
  return {content_of(std::move(config)), std::move(groups)};
}

// Layers alone, whose weights are in another file.
Loaded read_architecture(const std::string& path, const Extensions& extensions) {
  const std::string text = read_json_text(path);
  const nlohmann::json json = parse_architecture(text, path);
  // Keras 3 says no version there, but where its classes are.
  const nlohmann::json version = json.value("keras_version", nlohmann::json());
  const bool is_keras3 =
      version.is_string() ? version.get<std::string>() >= "3" : json.contains("module");
  Loaded loaded = without_weights(read_model_config(text, path, is_keras3, extensions));
  if (const auto compiled = json.find("compile_config"); compiled != json.end()) {
    read_training_config(compiled->dump(), loaded.content);
    read_compiled_optimizer(compiled->dump(), loaded.content);
  }
  return loaded;
}

// What a whole file has beside its weights.
Loaded read_whole(const hdf5::File& file, const Extensions& extensions) {
  const std::string& path = file.path();
  const auto json = hdf5::read_text(file, "/", "model_config");
  if (!json && hdf5::read_texts(file, "/", "layer_names")) {
    fail(ExitCode::bad_data,
         "{}: has the weights of a model, but not its layers; name the JSON that model.to_json() "
         "makes of them as the model, and this file by --weights, or in an experiment as "
         "[model] weights",
         path);
  }
  if (!json) {
    fail(ExitCode::bad_data,
         "{}: not a Keras model in HDF5 format (it has no attribute 'model_config')", path);
  }
  // Versions before 2 do not say which they are.
  const bool is_keras3 = hdf5::read_text(file, "/", "keras_version").value_or("1") >= "3";
  Loaded loaded =
      without_weights(read_model_config(*json, path, is_keras3, extensions, read_front(file)));
  read_rest(file, loaded.content, extensions);
  return loaded;
}

ModelContent load_architecture(const std::string& path, const Extensions& extensions,
                               const std::string& weights) {
  if (weights.empty()) {
    fail(ExitCode::bad_data,
         "{}: has the layers of a model, but no weights; name their file, too: --weights FILE.h5, "
         "or in an experiment [model] weights",
         path);
  }
  Loaded loaded = read_architecture(path, extensions);
  loaded.content.weights = read_weights(hdf5::File::open(weights), loaded.content, loaded.groups);
  return std::move(loaded.content);
}

}  // namespace

std::vector<std::string> save_model(const std::string& path, const ModelContent& model) {
  PendingFile pending(path);
  std::vector<std::string> notes;
  {
    hdf5::File file = hdf5::File::create(pending.part());
    write_keras(file, model, notes);
    write_tusk(file, model);
    file.close();
  }
  pending.publish();
  return notes;
}

std::string model_file_of(const std::string& path) {
  std::error_code error;
  const std::filesystem::path inside = std::filesystem::path(path) / "model.h5";
  return std::filesystem::exists(inside, error) ? inside.string() : path;
}

bool is_architecture(const std::string& path) {
  if (!is_json(path)) return false;
  // Only whether it has this key is asked here: what is wrong with it says whoever reads it.
  return read_json_text(path).find("\"class_name\"") != std::string::npos;
}

namespace {

// The file to read. Of a checkpoint every byte is as it was written, or Error(bad_data).
std::string sound_model_file_of(const std::string& given) {
  std::string path = model_file_of(given);
  hdf5::require_checksum_beside(path);
  return path;
}

}  // namespace

ModelContent load_model(const std::string& given, const Extensions& extensions,
                        const std::string& weights) {
  const std::string path = sound_model_file_of(given);
  if (is_json(path)) return load_architecture(path, extensions, weights);
  const hdf5::File file = hdf5::File::open(path);
  Loaded loaded = read_whole(file, extensions);
  loaded.content.weights = read_weights(weights.empty() ? file : hdf5::File::open(weights),
                                        loaded.content, loaded.groups);
  return std::move(loaded.content);
}

ModelContent load_without_weights(const std::string& given, const Extensions& extensions) {
  const std::string path = sound_model_file_of(given);
  if (is_json(path)) return read_architecture(path, extensions).content;
  return read_whole(hdf5::File::open(path), extensions).content;
}

std::optional<OptimizerState> load_optimizer_state(const std::string& given,
                                                   const OptimizerOptions& optimizer,
                                                   const graph::Model& model, std::string& reason) {
  const std::string path = sound_model_file_of(given);
  if (is_json(path)) return std::nullopt;
  const hdf5::File file = hdf5::File::open(path);
  const bool is_ours = file.has_group("tusk/optimizer_weights");
  if (!is_ours && !file.has_group("optimizer_weights")) return std::nullopt;
  if (!is_ours && hdf5::read_text(file, "/", "keras_version").value_or("1") < "3") {
    reason = "that of Keras 2 is not read";
    return std::nullopt;
  }
  ModelContent content;
  if (const auto training = hdf5::read_text(file, "/", "training_config")) {
    read_compiled_optimizer(*training, content);
  }
  if (is_ours) read_optimizer(file, content);
  auto empty = empty_state(optimizer, model.trained_count());
  const auto its = content.optimizer ? empty_state(*content.optimizer, 0) : std::nullopt;
  const auto name = [](const OptimizerState::Piece& piece) { return piece.name; };
  if (!empty || !its || empty->optimizer != its->optimizer ||
      !std::ranges::equal(empty->pieces, its->pieces, {}, name, name)) {
    reason = "it is another optimizer's";
    return std::nullopt;
  }
  return read_optimizer_state(file, std::move(*empty), model.parameters());
}

ModelOptions options_of(const ModelContent& content) {
  return {.layers = content.layers,
          .inputs = content.inputs,
          .outputs = content.outputs,
          .loss = content.loss.value_or(LossKind::mse),
          .huber_delta = content.huber_delta,
          .label_smoothing = content.label_smoothing,
          .from_logits = content.from_logits,
          .metrics = content.metrics,
          .weighted_metrics = content.weighted_metrics};
}

graph::Model make_model(const ModelOptions& options, const ModelContent& content) {
  if (!content.inputs.empty()) return {options, std::span<const Shape>()};
  return {options, content.input};
}

AlignedVector<float> weights_for(const graph::Model& model, const ModelContent& content) {
  const std::vector<layers::Parameter> from = layout_of(content).parameters();
  const std::vector<layers::Parameter>& to = model.parameters();
  AlignedVector<float> weights(model.parameter_count());
  if (from.size() != to.size() || weights.size() != content.weights.size()) {
    fail(ExitCode::internal, "a model file's weights for a model of other layers");
  }
  for (std::size_t i = 0; i < from.size(); ++i) {
    if (from[i].shape != to[i].shape) fail(ExitCode::internal, "weights of another shape");
    std::ranges::copy(std::span(content.weights).subspan(from[i].offset, from[i].size()),
                      weights.begin() + static_cast<std::ptrdiff_t>(to[i].offset));
  }
  return weights;
}

}  // namespace tusk::formats
