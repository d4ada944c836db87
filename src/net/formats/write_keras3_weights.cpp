// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <nlohmann/json.hpp>

#include "net/formats/keras3_weights.hpp"

namespace tusk::formats {
namespace {

bool is_recurrent(const LayerOptions& layer) {
  return std::holds_alternative<GruOptions>(layer) || std::holds_alternative<LstmOptions>(layer);
}

// Where the arrays of a layer are within its group, one path each.
std::vector<std::string> places_of_arrays(const LayerOptions& layer, std::size_t count) {
  std::vector<std::string> places;
  const auto* both = std::get_if<BidirectionalOptions>(&layer);
  const auto* steps = std::get_if<TimeDistributedOptions>(&layer);
  for (std::size_t i = 0; i < count; ++i) {
    std::string part;
    std::size_t number = i;
    if (both != nullptr) {
      const bool is_forward = i < count / 2;
      part = is_forward ? "forward_layer/cell/" : "backward_layer/cell/";
      if (!is_forward) number -= count / 2;
    } else if (steps != nullptr) {
      part = is_recurrent((*steps->layer).layer) ? "layer/cell/" : "layer/";
    } else if (is_recurrent(layer)) {
      part = "cell/";
    }
    places.push_back(fmt::format("{}vars/{}", part, number));
  }
  return places;
}

}  // namespace

std::string keras3_class_path(const std::string& class_name) {
  std::string plain;
  for (const char c : class_name.substr(class_name.rfind('>') + 1)) {
    if (std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_') plain += c;
  }
  const auto is_lower = [](char c) { return std::islower(static_cast<unsigned char>(c)) != 0; };
  const auto is_upper = [](char c) { return std::isupper(static_cast<unsigned char>(c)) != 0; };
  std::string words;  // a word begins where a capital is followed by small letters
  for (std::size_t i = 0; i < plain.size();) {
    words += plain[i++];
    if (i + 1 >= plain.size() || !is_upper(plain[i]) || !is_lower(plain[i + 1])) continue;
    words += '_';
    words += plain[i++];
    while (i < plain.size() && is_lower(plain[i])) words += plain[i++];
  }
  std::string path;  // and behind a small letter
  for (const char c : words) {
    if (is_upper(c) && !path.empty() && is_lower(path.back())) path += '_';
    path += c;
  }
  std::ranges::transform(path, path.begin(), [](char c) {
    return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  });
  return path;
}

void write_keras3_weights(hdf5::File& file, const graph::Model& model,
                          std::span<const float> weights, const std::string& model_config) {
  const auto config = nlohmann::json::parse(model_config);
  std::map<std::string, std::size_t> seen;
  file.create_group("layers");
  for (const auto& entry : config.at("config").at("layers")) {
    const std::string type = keras3_class_path(entry.at("class_name"));
    const std::size_t index = seen[type]++;
    const std::string name = entry.at("config").at("name");
    const auto layer = std::ranges::find(model.graph().layers, name, &graph::GraphLayer::name);
    if (layer == model.graph().layers.end()) continue;  // an input, or what stands for transforms
    std::vector<const layers::Parameter*> arrays;
    for (const layers::Parameter& parameter : model.parameters()) {
      if (parameter.layer == name) arrays.push_back(&parameter);
    }
    const std::string group =
        fmt::format("layers/{}{}", type, index == 0 ? "" : fmt::format("_{}", index));
    const auto places = places_of_arrays(model.layers()[layer->entry], arrays.size());
    for (std::size_t i = 0; i < arrays.size(); ++i) {
      const auto& extents = arrays[i]->shape.extents();
      file.create_dataset(group + "/" + places[i], ElementType::f32,
                          {extents.begin(), extents.end()})
          .write(0, weights.subspan(arrays[i]->offset, arrays[i]->size()));
    }
  }
}

}  // namespace tusk::formats
