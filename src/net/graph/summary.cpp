// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "core/units.hpp"
#include "net/graph/model.hpp"

namespace tusk::graph {
namespace {

using Row = std::array<std::string, 4>;

// Columns as wide as what stands in them; numbers to the right.
std::string table_of(const std::vector<Row>& rows, std::size_t columns) {
  std::array<std::size_t, 4> widths{26, 16, 12, 0};
  for (const Row& row : rows) {
    for (std::size_t i = 0; i < 3; ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::string text;
  for (const Row& row : rows) {
    text += fmt::format("{:<{}} {:<{}} {:>{}}", row[0], widths[0], row[1], widths[1], row[2],
                        widths[2]);
    if (columns == 4 && !row[3].empty()) text += "  " + row[3];
    text += '\n';
  }
  return text;
}

}  // namespace

std::string Model::summary() const {
  std::vector<Row> rows{{"layer (type)", "output shape", "parameters", "connected to"}};
  if (!graph_.is_chain) {
    for (std::size_t i = 0; i < inputs_.size(); ++i) {
      rows.push_back(
          {fmt::format("{} (input)", inputs_[i].name), inputs_[i].shape.to_string(), "0", ""});
    }
  }
  for (std::size_t entry = 0; entry < layers_.size(); ++entry) {
    const GraphNode& node = graph_.nodes[graph_.node_of[entry]];
    const GraphLayer& layer = graph_.layers[node.placed];
    const bool is_again = !layers_[entry].use.empty();
    const std::string type = is_again ? layer.name + " again" : type_of(layers_[entry]);
    std::vector<std::string> readings;
    for (const std::size_t input : node.inputs) readings.push_back(graph_.values[input].name);
    rows.push_back({fmt::format("{} ({})", node.name, type),
                    graph_.values[node.outputs.front()].shape.to_string(),
                    is_again ? "" : format_count(layer.parameters()),
                    fmt::format("{}", fmt::join(readings, ", "))});
  }
  rows.push_back({"total", "", format_count(parameter_count()), ""});
  rows.push_back({"trainable", "", format_count(trained_count()), ""});
  rows.push_back({"non-trainable", "", format_count(parameter_count() - trained_count()), ""});
  return table_of(rows, graph_.is_chain ? 3 : 4);
}

}  // namespace tusk::graph
