// SPDX-License-Identifier: Apache-2.0
#include "net/formats/keras_layer.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "core/log.hpp"
#include "net/formats/keras_advice.hpp"
#include "net/formats/keras_initializer.hpp"
#include "net/formats/keras_inner_layer.hpp"
#include "net/formats/keras_names.hpp"
#include "options/describe.hpp"
#include "options/json_reader.hpp"
#include "options/json_writer.hpp"
#include "options/package_needed.hpp"
#include "tusk/error.hpp"

namespace tusk::formats {
namespace {

using Json = nlohmann::json;
using OrderedJson = nlohmann::ordered_json;

// What Keras's class has beyond the options of ours.
struct KerasClass {
  const char* type;
  const char* class_name = nullptr;  // where it is not our type in capitals: "ReLU" is "relu"
  std::vector<std::pair<const char*, const char*>> renamed = {};    // an older name, and today's
  std::vector<std::pair<const char*, const char*>> constants = {};  // all that we support
  std::vector<const char*> unsupported = {};
  std::vector<const char*> not_trained_with = {};  // matter in training, where we leave them out
  std::vector<const char*> off = {};               // must be false, 0 or null
  std::vector<const char*> false_if_absent = {};   // and true by our defaults
};

// Layers over space or time, of which ours have their channels last.
KerasClass spatial(const char* type, const char* class_name,
                   std::vector<const char*> not_trained_with = {}) {
  return {.type = type,
          .class_name = class_name,
          .constants = {{"data_format", "channels_last"}},
          .not_trained_with = std::move(not_trained_with)};
}

// Of gru and lstm. `implementation`, `unroll` and what else they have change nothing.
KerasClass recurrent(const char* type, const char* class_name,
                     std::vector<const char*> false_if_absent = {}) {
  return {.type = type,
          .class_name = class_name,
          .not_trained_with = {"kernel_regularizer", "recurrent_regularizer", "bias_regularizer",
                               "activity_regularizer", "kernel_constraint", "recurrent_constraint",
                               "bias_constraint", "dropout", "recurrent_dropout"},
          .off = {"stateful", "return_state", "time_major", "zero_output_for_mask"},
          .false_if_absent = std::move(false_if_absent)};
}

const KerasClass& keras_class(const options::Choice::Alternative& alternative) {
  static const std::vector<const char*> convolved{"kernel_regularizer", "bias_regularizer",
                                                  "activity_regularizer", "kernel_constraint",
                                                  "bias_constraint"};
  static const std::vector<KerasClass> classes{
      {.type = "dense",
       .not_trained_with = {"kernel_regularizer", "bias_regularizer", "activity_regularizer",
                            "kernel_constraint", "bias_constraint"}},
      {.type = "dropout", .unsupported = {"noise_shape"}},
      {.type = "flatten", .constants = {{"data_format", "channels_last"}}},
      {.type = "relu", .class_name = "ReLU"},
      {.type = "leaky_relu", .class_name = "LeakyReLU", .renamed = {{"alpha", "negative_slope"}}},
      {.type = "prelu",
       .class_name = "PReLU",
       .not_trained_with = {"alpha_regularizer", "alpha_constraint"}},
      {.type = "elu", .class_name = "ELU"},
      spatial("conv1d", "Conv1D", convolved),
      spatial("conv2d", "Conv2D", convolved),
      spatial("depthwise_conv2d", "DepthwiseConv2D",
              {"depthwise_regularizer", "bias_regularizer", "activity_regularizer",
               "depthwise_constraint", "bias_constraint"}),
      spatial("conv2d_transpose", "Conv2DTranspose", convolved),
      spatial("max_pooling1d", "MaxPooling1D"),
      spatial("max_pooling2d", "MaxPooling2D"),
      spatial("average_pooling1d", "AveragePooling1D"),
      spatial("average_pooling2d", "AveragePooling2D"),
      spatial("global_max_pooling1d", "GlobalMaxPooling1D"),
      spatial("global_max_pooling2d", "GlobalMaxPooling2D"),
      spatial("global_average_pooling1d", "GlobalAveragePooling1D"),
      spatial("global_average_pooling2d", "GlobalAveragePooling2D"),
      spatial("up_sampling2d", "UpSampling2D"),
      spatial("zero_padding2d", "ZeroPadding2D"),
      {.type = "embedding",
       .not_trained_with = {"embeddings_regularizer", "embeddings_constraint",
                            "activity_regularizer", "dropout"}},
      recurrent("gru", "GRU", {"reset_after"}),  // versions before it was have no such key
      recurrent("lstm", "LSTM"),
      {.type = "batch_normalization",
       .unsupported = {"virtual_batch_size", "adjustment"},
       .not_trained_with = {"beta_regularizer", "gamma_regularizer", "beta_constraint",
                            "gamma_constraint"},
       .off = {"renorm", "synchronized", "mode"}},
      {.type = "layer_normalization",
       .not_trained_with = {"beta_regularizer", "gamma_regularizer", "beta_constraint",
                            "gamma_constraint"},
       .off = {"rms_scaling"}},
  };
  static const KerasClass plain{.type = ""};
  for (const KerasClass& known : classes) {
    if (alternative.package.empty() && known.type == alternative.name) return known;
  }
  return plain;
}

std::string class_name_of(const options::Choice::Alternative& alternative) {
  if (!alternative.package.empty()) return alternative.package + ">" + alternative.name;
  const char* own = keras_class(alternative).class_name;
  return own != nullptr ? own : to_class_name(alternative.name);
}

bool has(const Json& config, const char* key) {
  const auto found = config.find(key);
  return found != config.end() && !found->is_null();
}

void check_properties(const KerasClass& known, const Json& config, const std::string& where) {
  for (const auto& [key, value] : known.constants) {
    if (has(config, key) && config.at(key) != value) {
      fail(
          ExitCode::bad_data,
          "{} has {} {}; {} is supported: build the model with it where it was made, and save that",
          where, key, config.at(key).dump(), value);
    }
  }
  for (const char* key : known.unsupported) {
    if (has(config, key)) fail(ExitCode::bad_data, "{} has a {}", where, key);
  }
  for (const char* key : known.off) {
    if (!has(config, key)) continue;
    const Json& value = config.at(key);
    if (value == Json(false) || (value.is_number() && value == 0)) continue;
    fail(ExitCode::bad_data, "{} has {} {}, which is not supported", where, key, value.dump());
  }
}

// Of a layer in our words. An activation may also be an object of a class, as a quantizer is.
void check_activations(const Json& ours, const std::string& where) {
  for (const char* key : {"activation", "recurrent_activation"}) {
    if (!ours.contains(key)) continue;
    const Json& its = ours.at(key);
    std::string name = its.is_object() ? its.value("class_name", "") : its.dump();
    if (its.is_string()) name = its;
    std::vector<std::string> known;
    for (const auto& activation : names_of(Activation{})) known.emplace_back(activation.name);
    if (std::ranges::find(known, name) != known.end()) continue;
    fail(ExitCode::bad_data, "{} has {} '{}', which Tusk does not have: {}; known are {}", where,
         key, name, advice_on_activation(name), fmt::join(known, ", "));
  }
}

bool is_initializer(const std::string& key) { return key.ends_with("_initializer"); }

// A value as plain JSON. Keras 2 may write a number of numpy as an object, Keras 3 a tuple; an axis
// may be a list of one.
Json plain(const std::string& key, const Json& value) {
  if (value.is_object() && value.value("type", "") == "ndarray") return value.at("value");
  if (value.is_object() && value.value("class_name", "") == "__tuple__") return value.at("items");
  if (key == "axis" && value.is_array() && value.size() == 1) return value.front();
  return value;
}

// Keras's configuration in our words. It calls the linear activation null, too, and Keras 3 may
// write a function as an object.
Json in_our_words(const KerasClass& known, const Json& config) {
  Json ours = Json::object();
  for (const auto& [key, value] : config.items()) ours[key] = plain(key, value);
  for (const auto& [older, name] : known.renamed) {
    if (has(config, older) && !has(config, name)) ours[name] = plain(name, config.at(older));
  }
  ours["activation"];  // null where it is absent
  for (const char* key : {"activation", "recurrent_activation"}) {
    if (!ours.contains(key)) continue;
    Json& activation = ours[key];
    if (activation.is_null()) activation = name_of(Activation::linear);
    if (activation.is_object() && activation.value("config", Json()).is_string()) {
      activation = Json(activation.at("config"));
    }
  }
  for (const auto& [key, value] : config.items()) {
    if (is_initializer(key)) ours[key] = read_keras_initializer(value);
  }
  for (const char* key : known.false_if_absent) {
    if (!has(config, key)) ours[key] = false;
  }
  return ours;
}

}  // namespace

OrderedJson write_keras_layer(const LayerOptions& layer, const std::string& name) {
  LayerOptions copy = layer;  // describe() takes what it could also change
  const options::Choice choice = options::choice_of<UserLayerKind>(copy, {});
  const options::Choice::Alternative& alternative = choice.alternatives[choice.index()];
  OrderedJson config{{"name", name}, {"trainable", true}, {"dtype", "float32"}};
  options::write_json(config, {choice.describe}, options::Unused::written);
  for (auto& [key, value] : config.items()) {
    if (alternative.package.empty() && is_initializer(key)) value = write_keras_initializer(value);
  }
  for (const auto& [key, value] : keras_class(alternative).constants) config[key] = value;
  write_inner_layers(config, layer, name);
  return {{"class_name", class_name_of(alternative)}, {"config", config}};
}

LayerOptions read_keras_layer(const Json& entry, const std::string& path,
                              const Extensions& extensions) {
  const std::string type = entry.at("class_name");
  const Json& config = entry.at("config");
  const std::string where = keras_layer_place(entry, path);
  LayerOptions layer;
  const options::Choice choice = options::choice_of(layer, extensions.layers);
  std::vector<std::string> known;
  for (std::size_t i = 0; i < choice.alternatives.size(); ++i) {
    const options::Choice::Alternative& alternative = choice.alternatives[i];
    known.push_back(class_name_of(alternative));
    if (known.back() != type) continue;
    choice.select(i);
    check_properties(keras_class(alternative), config, where);
    const bool is_users = !alternative.package.empty();  // whose options are kept as they are
    Json ours = is_users ? config : in_our_words(keras_class(alternative), config);
    if (!is_users) check_activations(ours, where);
    InnerLayer* inner = inner_of(layer);
    if (inner != nullptr) ours["layer"] = {{"type", FlattenOptions::type}};  // until it is read
    options::read_json(ours, {choice.describe}, where);
    if (inner != nullptr) *inner = read_inner_layers(entry, path, extensions);
    for (const char* key : keras_class(alternative).not_trained_with) {
      if (has(config, key) && config.at(key) != 0) {
        warning("{}: layer '{}': {} is not applied in training", path, config.value("name", type),
                key);
      }
    }
    return layer;
  }
  options::refuse_kind_of_package(where, "layer", type, fmt::format("{}", fmt::join(known, ", ")));
  fail(ExitCode::bad_data, "{} is of a type that Tusk does not have: {}; it has {}", where,
       advice_on_class(type), fmt::join(known, ", "));
}

void mean_as_before_keras3(LayerOptions& layer) {
  const auto older = [](Activation& activation) {
    if (activation == Activation::hard_sigmoid) activation = Activation::hard_sigmoid_keras2;
  };
  std::visit(
      [&](auto& options) {
        if constexpr (requires { options.activation; }) older(options.activation);
        if constexpr (requires { options.cell_activation; }) {
          older(options.cell_activation);
          older(options.recurrent_activation);
        }
      },
      layer);
  if (InnerLayer* inner = inner_of(layer)) mean_as_before_keras3((**inner).layer);
}

std::string keras_layer_place(const Json& entry, const std::string& path) {
  const std::string type = entry.at("class_name");
  const Json& config = entry.at("config");  // of old models a list of layers
  const std::string name = config.is_object() ? config.value("name", type) : type;
  return fmt::format("{}: layer '{}' ({})", path, name, type);
}

}  // namespace tusk::formats
