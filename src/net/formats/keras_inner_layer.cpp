// SPDX-License-Identifier: Apache-2.0
#include "net/formats/keras_inner_layer.hpp"

#include <nlohmann/json.hpp>
#include <variant>

#include "net/formats/keras_layer.hpp"
#include "tusk/error.hpp"

namespace tusk::formats {
namespace {

using Json = nlohmann::json;
using OrderedJson = nlohmann::ordered_json;

bool is_given(const Json& config, const char* key) {
  const auto found = config.find(key);
  return found != config.end() && !found->is_null();
}

// A recurrent layer that goes over its steps the other way round.
LayerOptions other_way_round(LayerOptions layer) {
  std::visit(
      [](auto& options) {
        if constexpr (requires { options.go_backwards; }) {
          options.go_backwards = !options.go_backwards;
        }
      },
      layer);
  return layer;
}

bool goes_backwards(const LayerOptions& layer) {
  return std::visit(
      [](const auto& options) {
        if constexpr (requires { options.go_backwards; }) return options.go_backwards;
        return false;
      },
      layer);
}

// Of Bidirectional's layers Keras 3 writes both: the second must be the first, the other way round.
void check_backward_layer(const LayerOptions& forward, const LayerOptions& backward,
                          const std::string& where) {
  if (other_way_round(backward) == forward) return;
  fail(ExitCode::bad_data,
       "{} has a backward_layer with other options than its layer, which is not supported", where);
}

// A layer within another. Bidirectional gives masked steps an output of zero if all steps are given
// out, which Keras notes in its layers; ours does so without a word.
LayerOptions read_inner(const Json& outer, const char* key, const std::string& path,
                        const Extensions& extensions) {
  Json entry = outer.at("config").at(key);
  Json& config = entry.at("config");
  if (outer.at("class_name") == "Bidirectional" &&
      config.value("return_sequences", Json(false)) == Json(true)) {
    config.erase("zero_output_for_mask");
  }
  return read_keras_layer(entry, path, extensions);
}

OrderedJson write_inner(const LayerOptions& layer, const std::string& name) {
  OrderedJson entry = write_keras_layer(layer, name);
  entry["module"] = "keras.layers";  // where Keras 3 looks for a layer in a layer
  entry["registered_name"] = nullptr;
  return entry;
}

}  // namespace

InnerLayer* inner_of(LayerOptions& layer) {
  return std::visit(
      [](auto& options) -> InnerLayer* {
        if constexpr (requires { InnerLayer(options.layer); }) return &options.layer;
        return nullptr;
      },
      layer);
}

InnerLayer read_inner_layers(const Json& outer, const std::string& path,
                             const Extensions& extensions) {
  const std::string where = keras_layer_place(outer, path);
  const Json& config = outer.at("config");
  if (config.contains("merge_mode") && config.at("merge_mode").is_null()) {
    fail(ExitCode::bad_data, "{} has merge_mode null, which makes two outputs", where);
  }
  constexpr int deepest = 8;
  int depth = 0;
  for (const Json* each = &outer; each != nullptr; ++depth) {
    if (depth > deepest) fail(ExitCode::bad_data, "{} has layers within layers too deep", where);
    const Json& its = each->at("config");
    each = is_given(its, "layer") ? &its.at("layer") : nullptr;
  }
  const LayerOptions layer = read_inner(outer, "layer", path, extensions);
  if (is_given(config, "backward_layer")) {
    check_backward_layer(layer, read_inner(outer, "backward_layer", path, extensions), where);
  }
  return InnerLayer({layer});
}

void write_inner_layers(OrderedJson& config, const LayerOptions& layer, const std::string& name) {
  LayerOptions copy = layer;
  const InnerLayer* inner = inner_of(copy);
  if (inner == nullptr) return;
  const LayerOptions& within = (**inner).layer;
  config["layer"] = write_inner(within, name + "_layer");
  // Keras makes the second layer of Bidirectional go backwards unless it is given.
  if (std::holds_alternative<BidirectionalOptions>(copy) && goes_backwards(within)) {
    config["backward_layer"] = write_inner(other_way_round(within), name + "_backward_layer");
  }
}

}  // namespace tusk::formats
