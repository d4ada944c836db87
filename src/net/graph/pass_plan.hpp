// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <vector>

#include "net/graph/memory_plan.hpp"
#include "net/graph/network_graph.hpp"
#include "tusk/layer.hpp"

namespace tusk::graph {

// How the gradient of an input of a node comes to where the value's gradient adds up. The first
// reader of a value that backpropagation meets, the last one in the pass, lays it down; those
// behind add to it.
enum class GradientWay {
  unwanted,
  written,   // backward writes it there
  added,     // backward writes it to `beside`, and it is added
  in_place,  // backward makes it in the memory of the output's gradient, which becomes the input's
  added_in_place,  // the same, but it is added to another's
  copied,          // it is the output's gradient: a copy of it, made before backward
  summed,          // the same, added
  handed_on        // it is the output's gradient, whose memory becomes the input's
};

// A pass over a graph in one mode, planned before it: which parts of the memory there are, and what
// lies in which. Times count the nodes of the pass forward, then the losses, then the nodes
// backward. make_workspace() plans one for each mode that a workspace is for.
struct PassPlan {
  struct Input {
    GradientWay way = GradientWay::unwanted;
    std::size_t gradient = none;  // the part in which the gradient of the input's value adds up
    std::size_t beside = none;    // the part that backward writes to, if another
  };

  struct Node {
    bool is_view = false;  // its outputs are inputs, and there is nothing to compute
    std::size_t kept = none;
    std::size_t kept_of_batch = none;
    bool runs_backward = false;   // it takes part in backpropagation,
    bool calls_backward = false;  // and has something to compute for it
    std::vector<Input> inputs;
    std::vector<std::size_t> output_gradients;  // parts; none: the output has none
    std::vector<std::size_t> zeros;             // of these, those that no loss depends on
  };

  struct Output {
    std::size_t gradient = none;     // where the loss puts it; none: not wanted
    std::size_t beside = none;       // where it is put first if it has to be added
    std::size_t predictions = none;  // of a loss that takes the last activation over
  };

  // Of a layer that is called several times: the sum of its gradients, and those of one call.
  struct SharedLayer {
    std::size_t sum = none;
    std::size_t part = none;
  };

  MemoryPlan memory;
  std::vector<std::size_t> values;  // the part of each value; none: it is an input of the model
  std::vector<Node> nodes;
  std::vector<Output> outputs;
  std::vector<SharedLayer> layers;
  std::size_t scratch = none;  // shared by all layers, a part a thread
  std::size_t scratch_stride = 0;
};

// The plan for batches of up to `max_batch` samples and so many threads. `has_predictions`: by
// output, whether its predictions are other numbers than the last layer's. Error(bad_experiment)
// that names a layer whose weights no loss depends on.
PassPlan plan_pass(const NetworkGraph& graph, layers::Mode mode, std::size_t max_batch,
                   std::size_t threads, const std::vector<bool>& has_predictions);

}  // namespace tusk::graph
