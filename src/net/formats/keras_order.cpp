// SPDX-License-Identifier: Apache-2.0
#include "net/formats/keras_order.hpp"

#include <algorithm>
#include <iterator>
#include <numeric>

namespace tusk::formats {
namespace {

// Calls of layers as a search from the outputs on leaves them: each behind those that it reads.
class Search {
 public:
  explicit Search(const graph::NetworkGraph& graph)
      : graph_(graph), is_seen_(graph.nodes.size()), met_(graph.layers.size(), graph::none) {
    for (const std::size_t output : graph.outputs) search(graph.values[output].maker);
  }

  // As which of all layers one is first met.
  std::size_t met(std::size_t layer) const { return met_[layer]; }
  // The nodes, in the order in which they are left.
  const std::vector<std::size_t>& nodes() const { return left_; }

 private:
  struct Place {
    std::size_t node;
    std::size_t next_input = 0;
  };

  void search(std::size_t from) {
    std::vector<Place> path;
    enter(from, path);
    while (!path.empty()) {
      const graph::GraphNode& node = graph_.nodes[path.back().node];
      if (path.back().next_input == node.given) {
        left_.push_back(path.back().node);
        path.pop_back();
        continue;
      }
      const std::size_t input = node.inputs[path.back().next_input++];
      enter(graph_.values[input].maker, path);
    }
  }

  void enter(std::size_t node, std::vector<Place>& path) {
    if (node == graph::none || is_seen_[node]) return;  // an input of the model, or known
    is_seen_[node] = true;
    std::size_t& its = met_[graph_.nodes[node].placed];
    if (its == graph::none) its = count_++;
    path.push_back({node});
  }

  const graph::NetworkGraph& graph_;
  std::vector<bool> is_seen_;
  std::vector<std::size_t> met_;
  std::size_t count_ = 0;
  std::vector<std::size_t> left_;
};

// By layer.
std::vector<std::size_t> depths(const graph::NetworkGraph& graph,
                                const std::vector<std::size_t>& nodes) {
  std::vector<std::size_t> of_node(graph.nodes.size());
  std::vector<std::size_t> of_layer(graph.layers.size());
  for (auto at = nodes.rbegin(); at != nodes.rend(); ++at) {
    const graph::GraphNode& node = graph.nodes[*at];
    const std::size_t depth = std::max(of_node[*at], of_layer[node.placed]);
    of_layer[node.placed] = depth;
    for (std::size_t i = 0; i < node.given; ++i) {
      const std::size_t maker = graph.values[node.inputs[i]].maker;
      if (maker != graph::none) of_node[maker] = std::max(of_node[maker], depth + 1);
    }
  }
  return of_layer;
}

}  // namespace

std::vector<std::size_t> keras_order(const graph::Model& model) {
  const graph::NetworkGraph& graph = model.graph();
  std::vector<std::size_t> order(graph.layers.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  if (graph.is_chain) return order;
  const Search search(graph);
  const std::vector<std::size_t> depth = depths(graph, search.nodes());
  std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) {
    return depth[a] != depth[b] ? depth[a] > depth[b] : search.met(a) < search.met(b);
  });
  return order;
}

std::vector<layers::Parameter> parameters_in_keras_order(const graph::Model& model) {
  std::vector<layers::Parameter> parameters;
  for (const std::size_t layer : keras_order(model)) {
    std::ranges::copy_if(model.parameters(), std::back_inserter(parameters),
                         [&](const layers::Parameter& its) {
                           return its.layer == model.graph().layers[layer].name;
                         });
  }
  return parameters;
}

}  // namespace tusk::formats
