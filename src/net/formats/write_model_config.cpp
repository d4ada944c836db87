// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <variant>

#include "net/formats/keras_names.hpp"
#include "net/formats/model_config.hpp"

namespace tusk::formats {
namespace {

using Json = nlohmann::ordered_json;

Json initializer(const InitializerOptions& options) {
  Json config = Json::object();
  switch (options.kind) {
    case InitializerKind::zeros:
    case InitializerKind::ones:
      break;
    case InitializerKind::constant:
      config["value"] = options.value;
      break;
    case InitializerKind::uniform:
      config = {{"minval", options.minval}, {"maxval", options.maxval}, {"seed", nullptr}};
      break;
    case InitializerKind::normal:
    case InitializerKind::truncated_normal:
      config = {{"mean", options.mean}, {"stddev", options.stddev}, {"seed", nullptr}};
      break;
    default:
      config["seed"] = nullptr;
  }
  return {{"class_name", to_class_name(name_of(options.kind))}, {"config", config}};
}

// What Keras's layer of the same type calls the options.
void add_options(Json& config, const DenseOptions& options) {
  config["units"] = options.units;
  config["activation"] = name_of(options.activation);
  config["use_bias"] = options.use_bias;
  config["kernel_initializer"] = initializer(options.kernel_initializer);
  config["bias_initializer"] = initializer(options.bias_initializer);
}

void add_options(Json& config, const ActivationOptions& options) {
  config["activation"] = name_of(options.activation);
}

void add_options(Json& config, const DropoutOptions& options) { config["rate"] = options.rate; }

void add_options(Json& config, const FlattenOptions&) { config["data_format"] = "channels_last"; }

Json layer(const LayerOptions& layer, const std::string& name) {
  return std::visit(
      [&](const auto& options) {
        Json config{{"name", name}, {"trainable", true}, {"dtype", "float32"}};
        add_options(config, options);
        return Json{{"class_name", to_class_name(options.type)}, {"config", config}};
      },
      layer);
}

}  // namespace

Json write_model_config(const ModelConfig& config, const std::vector<std::string>& names) {
  Json shape = Json::array({nullptr});
  for (const std::size_t extent : config.input.extents()) shape.push_back(extent);
  const Json input{{"batch_input_shape", shape}, {"dtype", "float32"}, {"name", "input"}};
  Json layers = Json::array();
  layers.push_back({{"class_name", "InputLayer"}, {"config", input}});
  for (std::size_t i = 0; i < names.size(); ++i) {
    layers.push_back(layer(config.layers[i], names[i]));
  }
  return {{"class_name", "Sequential"}, {"config", {{"name", "sequential"}, {"layers", layers}}}};
}

}  // namespace tusk::formats
