// SPDX-License-Identifier: Apache-2.0
#include "net/formats/change_head.hpp"

#include <algorithm>
#include <span>
#include <utility>

#include "core/near_miss.hpp"
#include "net/graph/entry_names.hpp"
#include "tusk/error.hpp"

namespace tusk::formats {
namespace {

void replace_layers(ModelContent& content, const std::vector<ReplacedLayer>& replaced,
                    const std::vector<std::string>& names) {
  for (const ReplacedLayer& layer : replaced) {
    const auto found = std::ranges::find_if(content.layers, [&](const LayerEntry& entry) {
      return entry.use.empty() && entry.name == layer.name;
    });
    if (found == content.layers.end()) {
      fail(ExitCode::bad_experiment, "model.replace: the model file has no layer '{}'{}",
           layer.name, did_you_mean(layer.name, names));
    }
    static_cast<LayerOptions&>(*found) = layer.kind;
    found->trainable = layer.trainable;
    content.new_layers.push_back(layer.name);
  }
}

// Behind the one output that the model has, which becomes that of the last of them.
void append_layers(ModelContent& content, const std::vector<LayerEntry>& appended,
                   const std::string& last) {
  if (appended.empty()) return;
  if (content.outputs.size() > 1) {
    fail(ExitCode::bad_experiment,
         "model.layers: the model file has {} outputs; layers can be added to a model of one",
         content.outputs.size());
  }
  const std::size_t first = content.layers.size();
  content.layers.insert(content.layers.end(), appended.begin(), appended.end());
  const std::string output = content.outputs.empty() ? last : content.outputs.front().name;
  if (content.layers[first].inputs.empty() && !content.inputs.empty()) {
    content.layers[first].inputs = {output};
  }
  const std::vector<std::string> names = graph::names_of_entries(content.layers);
  for (std::size_t i = first; i < names.size(); ++i) {
    if (!content.layers[i].use.empty()) continue;
    content.layers[i].name = names[i];
    content.new_layers.push_back(names[i]);
  }
  if (!content.outputs.empty()) content.outputs.front().name = names.back();
}

}  // namespace

void change_head(ModelContent& content, const ModelOptions& options) {
  if (options.replace.empty() && options.layers.empty()) return;
  const graph::Model before = layout_of(content);
  const std::vector<std::string> names = graph::names_of_entries(content.layers);
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (content.layers[i].use.empty()) content.layers[i].name = names[i];
  }
  replace_layers(content, options.replace, names);
  append_layers(content, options.layers, names.back());

  const graph::Model after = layout_of(content);
  AlignedVector<float> weights(after.parameter_count());
  for (const layers::Parameter& array : after.parameters()) {
    if (std::ranges::count(content.new_layers, array.layer) > 0) continue;
    const auto old = std::ranges::find_if(before.parameters(), [&](const auto& its) {
      return its.layer == array.layer && its.name == array.name;
    });
    if (old == before.parameters().end() || old->shape != array.shape) {
      fail(
          ExitCode::bad_experiment,
          "model.replace: the {} of layer '{}' has shape {} now, as what it reads has changed, and "
          "the weights in the model file do not fit; replace this layer, too, to begin it anew",
          array.name, array.layer, array.shape.to_string());
    }
    std::ranges::copy(std::span(content.weights).subspan(old->offset, old->size()),
                      weights.begin() + static_cast<std::ptrdiff_t>(array.offset));
  }
  content.weights = std::move(weights);
}

}  // namespace tusk::formats
