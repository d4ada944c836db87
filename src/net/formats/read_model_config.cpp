// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <string_view>

#include "core/error.hpp"
#include "core/log.hpp"
#include "net/formats/keras_names.hpp"
#include "net/formats/model_config.hpp"

namespace tusk::formats {
namespace {

using Json = nlohmann::json;

// The configuration of one layer, read with errors that name it.
class LayerConfig {
 public:
  LayerConfig(const Json& entry, const std::string& path)
      : path_(path), type_(entry.at("class_name")), config_(entry.at("config")) {
    name_ = config_.value("name", type_);
  }

  const std::string& type() const { return type_; }

  // A property that is there and not null.
  const Json* find(const char* key) const {
    const auto found = config_.find(key);
    return found == config_.end() || found->is_null() ? nullptr : &*found;
  }

  std::size_t positive(const char* key) const { return positive(config_.at(key), key); }

  std::size_t positive(const Json& value, const char* key) const {
    constexpr std::uint64_t most = 1ULL << 31;
    if (!value.is_number_unsigned() || value.get<std::uint64_t>() == 0 ||
        value.get<std::uint64_t>() > most) {
      refuse("has {} = {}, which is no plausible size", key, value.dump());
    }
    return value.get<std::size_t>();
  }

  Activation activation() const {
    const Json* value = find("activation");
    if (value == nullptr) return Activation::linear;
    const Json& name = value->is_object() ? value->at("config") : *value;
    if (name.is_string()) {
      if (const auto known = value_of<Activation>(name.get<std::string>())) return *known;
    }
    refuse("has activation {}; known are {}", name.dump(), all_names<Activation>());
  }

  // Weights are loaded, not drawn, so that an initializer we do not have does no harm.
  InitializerOptions initializer(const char* key, const InitializerOptions& fallback) const {
    const Json* value = find(key);
    if (value == nullptr) return fallback;
    const bool object = value->is_object();
    const std::string name = object ? to_snake_case(value->at("class_name").get<std::string>())
                                    : value->get<std::string>();
    const auto kind = value_of<InitializerKind>(name);
    if (!kind) return fallback;
    InitializerOptions options{.kind = *kind};
    if (object) {
      const Json& config = value->at("config");
      options.value = config.value("value", options.value);
      options.minval = config.value("minval", options.minval);
      options.maxval = config.value("maxval", options.maxval);
      options.mean = config.value("mean", options.mean);
      options.stddev = config.value("stddev", options.stddev);
    }
    return options;
  }

  double rate() const {
    const double rate = config_.at("rate");
    if (!(rate >= 0.0 && rate < 1.0)) refuse("has rate {}; it is from 0 to below 1", rate);
    return rate;
  }

  template <typename... Args>
  [[noreturn]] void refuse(fmt::format_string<Args...> format, Args&&... args) const {
    fail(ExitCode::bad_data, "{}: layer '{}' ({}) {}", path_, name_, type_,
         fmt::format(format, std::forward<Args>(args)...));
  }

  // Warns of properties that matter in training only.
  void warn_of(std::initializer_list<const char*> keys) const {
    for (const char* key : keys) {
      if (find(key) == nullptr) continue;
      warning("{}: layer '{}': {} is not applied in training", path_, name_, key);
    }
  }

 private:
  const std::string& path_;
  std::string type_;
  const Json& config_;
  std::string name_;
};

DenseOptions read_dense(const LayerConfig& layer) {
  DenseOptions options;
  options.units = layer.positive("units");
  options.activation = layer.activation();
  if (const Json* use_bias = layer.find("use_bias")) options.use_bias = *use_bias;
  options.kernel_initializer = layer.initializer("kernel_initializer", options.kernel_initializer);
  options.bias_initializer = layer.initializer("bias_initializer", options.bias_initializer);
  layer.warn_of({"kernel_regularizer", "bias_regularizer", "activity_regularizer",
                 "kernel_constraint", "bias_constraint"});
  return options;
}

LayerOptions read_layer(const LayerConfig& layer) {
  if (layer.type() == "Dense") return read_dense(layer);
  if (layer.type() == "Activation") return ActivationOptions{.activation = layer.activation()};
  if (layer.type() == "Dropout") {
    if (layer.find("noise_shape") != nullptr) layer.refuse("has a noise_shape");
    return DropoutOptions{.rate = layer.rate()};
  }
  if (layer.type() == "Flatten") {
    const Json* format = layer.find("data_format");
    if (format != nullptr && *format != "channels_last") {
      layer.refuse("has data_format {}; channels_last is supported", format->dump());
    }
    return FlattenOptions{};
  }
  layer.refuse("is of a type that Tusk does not have; it has Dense, Activation, Dropout, Flatten");
}

// [null, 28, 28]: without the batch.
Shape read_shape(const LayerConfig& layer, const Json& shape) {
  std::vector<std::size_t> extents;
  for (std::size_t axis = 1; axis < shape.size(); ++axis) {
    extents.push_back(layer.positive(shape[axis], "input extent"));
  }
  return Shape(std::move(extents));
}

// Keras 2 says batch_input_shape, Keras 3 batch_shape; without an InputLayer the first layer has
// it, or the model build_input_shape.
std::optional<Shape> find_input(const LayerConfig& first, const Json& model) {
  for (const char* key : {"batch_input_shape", "batch_shape"}) {
    if (const Json* shape = first.find(key)) return read_shape(first, *shape);
  }
  const auto built = model.find("build_input_shape");
  if (built != model.end() && built->is_array()) return read_shape(first, *built);
  return std::nullopt;
}

ModelConfig read_sequential(const Json& model, const std::string& path) {
  if (model.at("class_name") != "Sequential") {
    fail(ExitCode::bad_data, "{}: holds a model of class {}; Sequential models are supported", path,
         model.at("class_name").dump());
  }
  const Json& config = model.at("config");  // before Keras 2.2.3 the list of layers itself
  const Json& entries = config.is_array() ? config : config.at("layers");
  ModelConfig out;
  std::optional<Shape> input;
  for (const Json& entry : entries) {
    const LayerConfig layer(entry, path);
    if (!input) {
      input = find_input(layer, config.is_object() ? config : Json::object());
      if (!input) layer.refuse("is the first one and does not say its input's shape");
      if (layer.type() == "InputLayer") continue;
    }
    out.layers.push_back(read_layer(layer));
  }
  if (out.layers.empty()) fail(ExitCode::bad_data, "{}: holds a model without layers", path);
  out.input = *input;
  return out;
}

}  // namespace

ModelConfig read_model_config(const std::string& json, const std::string& path) try {
  return read_sequential(Json::parse(json), path);
} catch (const Json::exception& error) {
  fail(ExitCode::bad_data, "{}: the attribute 'model_config' cannot be read: {}", path,
       error.what());
}

std::optional<LossKind> read_training_loss(const std::string& json) try {
  const Json config = Json::parse(json);
  const Json& loss = config.at("loss");
  if (loss.is_string()) return value_of<LossKind>(loss.get<std::string>());
  if (loss.at("config").value("from_logits", false)) return std::nullopt;
  return value_of<LossKind>(to_snake_case(loss.at("class_name").get<std::string>()));
} catch (const Json::exception&) {
  return std::nullopt;  // a model need not say
}

}  // namespace tusk::formats
