// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "experiment/model_options.hpp"
#include "net/graph/wiring.hpp"
#include "tusk/layer.hpp"
#include "tusk/parameter.hpp"
#include "tusk/shape.hpp"

namespace tusk::graph {

// Stands for no value, node or layer.
inline constexpr std::size_t none = std::numeric_limits<std::size_t>::max();

// What goes from one layer to another: an input of the model, or an output of a node.
struct GraphValue {
  std::string name;             // of the call that makes it; "a#1": its second output
  Shape shape;                  // of a sample
  std::size_t maker = none;     // the node; none: an input of the model
  std::size_t mask = none;      // the value that is its mask
  bool is_mask = false;         // no gradient goes through it
  bool wants_gradient = false;  // there is something to train before it

  // The value whose memory it lies in, in each mode: itself, or, where a node's output is its
  // input, the one that this is in the end.
  std::size_t root_in_training = none;
  std::size_t root_in_inference = none;

  std::size_t root(layers::Mode mode) const {
    return mode == layers::Mode::training ? root_in_training : root_in_inference;
  }
};

// A layer of the model, and where its parameters lie in the flat vectors: the arrays of each role
// one behind the other.
struct GraphLayer {
  std::string name;
  std::size_t entry = 0;            // of model.layers
  bool is_trainable = true;         // the entry's, but for model.frozen
  bool is_frozen = false;           // nothing of its trained arrays, if any, is trained
  bool updates_statistics = false;  // in training passes
  bool is_users = false;            // a user's own: the gradients that it hands over are counted
  std::size_t calls = 0;
  std::size_t trained_offset = 0;
  std::size_t trained_size = 0;
  std::size_t statistics_offset = 0;
  std::size_t statistics_size = 0;

  bool is_trained() const { return !is_frozen && trained_size > 0; }
  std::size_t parameters() const { return trained_size + statistics_size; }
};

// One call of a layer.
struct GraphNode {
  std::string name;  // of the entry
  std::shared_ptr<const layers::Layer> layer;
  std::size_t placed = none;  // which layer of the model; none: one of the graph's own, for masks
  std::size_t entry = 0;
  std::vector<std::size_t> inputs;  // values: those that the entry names, and perhaps a mask
  std::size_t given = 0;            // how many of them the entry names
  std::vector<std::size_t> outputs;
  bool runs_backward = false;  // it has parameters to train, or inputs that want a gradient
};

// A network: nodes in an order in which each comes behind those whose outputs it reads, as near as
// can be to that of the entries.
struct NetworkGraph {
  std::vector<GraphValue> values;
  std::vector<GraphNode> nodes;
  std::vector<GraphLayer> layers;    // in the order of the entries
  std::vector<std::size_t> inputs;   // values
  std::vector<std::size_t> outputs;  // values
  std::vector<std::size_t> node_of;  // by entry

  // All arrays, layer by layer, in Keras's order; their offsets are those of the sections
  //   [0, trained)             what the optimizer moves
  //   [trained, exchanged)     statistics of layers that are trained
  //   [exchanged, parameters)  frozen: arrays of either role that keep their values
  // in each of which the layers follow each other in the order of the entries.
  std::vector<layers::Parameter> parameters;
  std::size_t trained_count = 0;
  std::size_t exchanged_count = 0;
  std::size_t parameter_count = 0;

  // Whether it is one input, then layer behind layer, then one output.
  bool is_chain = false;
};

// The graph of these entries as they are wired, for inputs of these shapes. `trainable`: by entry.
// Error(bad_experiment) in one line that begins with the layer's key if shapes do not fit, or a
// layer cannot stand where it does. Model makes it.
NetworkGraph build_graph(const std::vector<LayerEntry>& entries, const Wiring& wiring,
                         const std::vector<Shape>& inputs, const std::vector<bool>& trainable);

}  // namespace tusk::graph
