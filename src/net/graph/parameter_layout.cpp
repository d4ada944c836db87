// SPDX-License-Identifier: Apache-2.0
#include "net/graph/parameter_layout.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <fnmatch.h>

#include <utility>

#include "net/graph/check_node.hpp"
#include "net/graph/entry_names.hpp"
#include "tusk/error.hpp"

namespace tusk::graph {

using layers::Role;

void lay_out_parameters(NetworkGraph& graph, std::vector<std::vector<layers::Parameter>> arrays) {
  struct Part {
    std::size_t layer;
    Role role;
    bool frozen;
  };
  std::vector<Part> parts;
  for (std::size_t i = 0; i < graph.layers.size(); ++i) {
    GraphLayer& layer = graph.layers[i];
    for (const Role role : {Role::trained, Role::statistic}) {
      const bool frozen = require_one_kind(arrays[layer.entry], role, key_of_entry(layer.entry)) ||
                          !layer.is_trainable;
      if (role == Role::trained) layer.is_frozen = frozen;
      if (role == Role::statistic) layer.updates_statistics = !frozen;
      parts.push_back({i, role, frozen});
    }
  }
  std::size_t offset = 0;
  const auto lay_out = [&](const auto& is_wanted) {
    for (const Part& part : parts) {
      if (!is_wanted(part)) continue;
      GraphLayer& layer = graph.layers[part.layer];
      const std::size_t first = offset;
      for (layers::Parameter& array : arrays[layer.entry]) {
        if (array.role != part.role) continue;
        array.layer = layer.name;
        array.frozen = part.frozen;
        array.offset = std::exchange(offset, offset + array.size());
      }
      (part.role == Role::trained ? layer.trained_offset : layer.statistics_offset) = first;
      (part.role == Role::trained ? layer.trained_size : layer.statistics_size) = offset - first;
    }
    return offset;
  };
  graph.trained_count =
      lay_out([](const Part& part) { return !part.frozen && part.role == Role::trained; });
  graph.exchanged_count =
      lay_out([](const Part& part) { return !part.frozen && part.role == Role::statistic; });
  graph.parameter_count = lay_out([](const Part& part) { return part.frozen; });
  for (const GraphLayer& layer : graph.layers) {
    for (layers::Parameter& array : arrays[layer.entry]) {
      graph.parameters.push_back(std::move(array));
    }
  }
}

std::vector<bool> trainable_entries(const ModelOptions& options,
                                    const std::vector<std::string>& names) {
  std::vector<bool> trainable;
  for (const LayerEntry& entry : options.layers) trainable.push_back(entry.trainable);
  for (const std::string& pattern : options.frozen) {
    bool is_used = false;
    for (std::size_t i = 0; i < names.size(); ++i) {
      if (!options.layers[i].use.empty() || fnmatch(pattern.c_str(), names[i].c_str(), 0) != 0) {
        continue;
      }
      trainable[i] = false;
      is_used = true;
    }
    if (!is_used) {
      fail(ExitCode::bad_experiment, "model.frozen: no layer has a name like '{}'; they are {}",
           pattern, fmt::join(names, ", "));
    }
  }
  return trainable;
}

}  // namespace tusk::graph
