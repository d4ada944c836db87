// SPDX-License-Identifier: Apache-2.0
#include "net/formats/model_file.hpp"

#include <algorithm>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <utility>

#include "data/hdf5/attributes.hpp"
#include "data/hdf5/checksum.hpp"
#include "data/hdf5/file.hpp"
#include "net/formats/model_config.hpp"
#include "net/formats/model_source.hpp"
#include "net/formats/read_weights.hpp"
#include "net/formats/training_config.hpp"
#include "net/formats/tusk_group.hpp"
#include "net/graph/model.hpp"
#include "options/describe.hpp"
#include "tusk/error.hpp"

namespace tusk::formats {
namespace {

ModelContent content_of(const ModelConfig& config) {
  ModelContent content;
  content.input = config.input;
  content.stored = config.stored;
  content.layers = config.layers;
  content.inputs = config.inputs;
  content.outputs = config.outputs;
  return content;
}

// A model before its weights are read, and how these are grouped in their file.
struct Loaded {
  ModelContent content;
  std::vector<WeightGroup> groups;
  std::vector<Keras3Place> places;
};

Loaded without_weights(const ModelSource& source, const Extensions& extensions) {
  WrittenFront front;
  if (source.file) front = read_front(*source.file);
  ModelConfig config =
      read_model_config(source.layers, source.path, source.is_keras3, extensions, front);
  Loaded loaded{content_of(config), std::move(config.weights), std::move(config.places)};
  ModelContent& content = loaded.content;
  const bool is_ours = source.file && source.file->has_group("tusk");
  if (is_ours) {
    read_tusk_group(*source.file, content, extensions);
  } else if (source.training) {
    read_training_config(*source.training, content);
  }
  if (source.training) read_compiled_optimizer(*source.training, content);
  if (is_ours) read_own_optimizer(*source.file, content);
  return loaded;
}

}  // namespace

std::string model_file_of(const std::string& path) {
  std::error_code error;
  const std::filesystem::path inside = std::filesystem::path(path) / "model.h5";
  return std::filesystem::exists(inside, error) ? inside.string() : path;
}

bool is_architecture(const std::string& path) {
  if (!is_json_file(path)) return false;
  // Only whether it has this key is asked here: what is wrong with it says whoever reads it.
  return read_json_file(path).find("\"class_name\"") != std::string::npos;
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
  const ModelSource source = open_model_source(sound_model_file_of(given));
  if (!source.file && weights.empty()) {
    fail(ExitCode::bad_data,
         "{}: has the layers of a model, but no weights; name their file, too: --weights FILE.h5, "
         "or in an experiment [model] weights",
         source.path);
  }
  Loaded loaded = without_weights(source, extensions);
  loaded.content.weights = read_weights(weights.empty() ? *source.file : open_weights_file(weights),
                                        loaded.content, loaded.groups, loaded.places);
  return std::move(loaded.content);
}

ModelContent load_without_weights(const std::string& given, const Extensions& extensions) {
  const std::string path = sound_model_file_of(given);
  ModelContent content = without_weights(open_model_source(path), extensions).content;
  try {
    layout_of(content);
  } catch (const Error& error) {
    if (error.code() != ExitCode::bad_experiment) throw;
    fail(ExitCode::bad_data, "{}: {}", path, error.what());  // layers that do not fit
  }
  return content;
}

AlignedVector<float> load_weights(const std::string& path, const graph::Model& model,
                                  const Extensions& extensions) {
  const ModelConfig config = read_model_config(write_model_config(model), path, true, extensions);
  ModelContent content = content_of(config);
  content.weights = read_weights(open_weights_file(path), content, config.weights, config.places);
  return weights_for(model, content);
}

std::optional<OptimizerState> load_optimizer_state(const std::string& given,
                                                   const OptimizerOptions& optimizer,
                                                   const graph::Model& model, std::string& reason) {
  const ModelSource source = open_model_source(sound_model_file_of(given));
  if (!source.file || !has_optimizer_state(*source.file)) return std::nullopt;
  const bool is_ours = source.file->has_group("tusk/optimizer_weights");
  if (!is_ours && !source.is_keras3) {
    reason = "that of Keras 2 is not read";
    return std::nullopt;
  }
  ModelContent content;
  if (source.training) read_compiled_optimizer(*source.training, content);
  const bool is_our_archive =
      source.file->has_group("tusk") && source.file->has_group("optimizer/vars");
  if (is_ours || is_our_archive) read_own_optimizer(*source.file, content);
  auto empty = empty_state(optimizer, model.trained_count());
  const auto its = content.optimizer ? empty_state(*content.optimizer, 0) : std::nullopt;
  const auto name = [](const OptimizerState::Piece& piece) { return piece.name; };
  if (!empty || !its || empty->optimizer != its->optimizer ||
      !std::ranges::equal(empty->pieces, its->pieces, {}, name, name)) {
    reason = "it is another optimizer's";
    return std::nullopt;
  }
  return read_optimizer_state(*source.file, std::move(*empty), model.parameters());
}

InputData data_of_input(const ModelContent& content, std::size_t input) {
  if (content.inputs.size() < 2) {
    return {.dataset = {}, .transforms = content.transforms, .stored = content.stored};
  }
  return input < content.input_data.size() ? content.input_data[input] : InputData{};
}

graph::Model layout_of(const ModelContent& content) {
  ModelOptions options{.layers = content.layers, .inputs = content.inputs, .loss = LossKind::mse};
  for (const OutputOptions& output : content.outputs) {
    options.outputs.push_back({.name = output.name});
  }
  return make_model(options, content);
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
  std::map<std::pair<std::string, std::string>, const layers::Parameter*> by_name;
  for (const layers::Parameter& its : from) by_name[{its.layer, its.name}] = &its;
  for (const layers::Parameter& array : to) {
    const auto found = by_name.find({array.layer, array.name});
    if (found == by_name.end() || found->second->shape != array.shape) {
      fail(ExitCode::internal, "no weights for the {} of layer '{}'", array.name, array.layer);
    }
    std::ranges::copy(std::span(content.weights).subspan(found->second->offset, array.size()),
                      weights.begin() + static_cast<std::ptrdiff_t>(array.offset));
  }
  return weights;
}

}  // namespace tusk::formats
