// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <nlohmann/json.hpp>

#include "net/formats/keras_layer.hpp"
#include "net/formats/keras_names.hpp"
#include "net/formats/model_config.hpp"
#include "tusk/error.hpp"

namespace tusk::formats {
namespace {

using Json = nlohmann::json;

// [null, 28, 28]: without the batch.
Shape read_shape(const Json& shape, const std::string& where) {
  constexpr std::uint64_t most = 1ULL << 31;
  std::vector<std::size_t> extents;
  for (std::size_t axis = 1; axis < shape.size(); ++axis) {
    const Json& extent = shape[axis];
    if (!extent.is_number_unsigned() || extent == 0 || extent > most) {
      fail(ExitCode::bad_data, "{} has input extent = {}, which is no plausible size", where,
           extent.dump());
    }
    extents.push_back(extent.get<std::size_t>());
  }
  return Shape(std::move(extents));
}

// Keras 2 says batch_input_shape, Keras 3 batch_shape; without an InputLayer the first layer has
// it, or the model build_input_shape.
Shape read_input(const Json& first, const Json& model, const std::string& path) {
  const std::string where = keras_layer_place(first, path);
  const Json& config = first.at("config");
  for (const char* key : {"batch_input_shape", "batch_shape"}) {
    const auto shape = config.find(key);
    if (shape != config.end() && !shape->is_null()) return read_shape(*shape, where);
  }
  const auto built = model.find("build_input_shape");
  if (built != model.end() && built->is_array()) return read_shape(*built, where);
  fail(ExitCode::bad_data, "{} is the first one and does not say its input's shape", where);
}

ModelConfig read_sequential(const Json& model, const std::string& path,
                            const Extensions& extensions) {
  if (model.at("class_name") != "Sequential") {
    fail(ExitCode::bad_data, "{}: holds a model of class {}; Sequential models are supported", path,
         model.at("class_name").dump());
  }
  const Json& config = model.at("config");  // before Keras 2.2.3 the list of layers itself
  const Json& entries = config.is_array() ? config : config.at("layers");
  ModelConfig out;
  std::optional<Shape> input;
  for (const Json& entry : entries) {
    if (!input) {
      input = read_input(entry, config.is_object() ? config : Json::object(), path);
      if (entry.at("class_name") == "InputLayer") continue;
    }
    LayerEntry layer;
    static_cast<LayerOptions&>(layer) = read_keras_layer(entry, path, extensions);
    out.layers.push_back(std::move(layer));
  }
  if (out.layers.empty()) fail(ExitCode::bad_data, "{}: holds a model without layers", path);
  out.input = *input;
  return out;
}

}  // namespace

ModelConfig read_model_config(const std::string& json, const std::string& path,
                              const Extensions& extensions) try {
  return read_sequential(Json::parse(json), path, extensions);
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
