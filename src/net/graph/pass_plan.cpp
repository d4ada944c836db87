// SPDX-License-Identifier: Apache-2.0
#include "net/graph/pass_plan.hpp"

#include <algorithm>
#include <optional>
#include <set>

#include "net/graph/check_node.hpp"
#include "net/graph/entry_names.hpp"
#include "tusk/error.hpp"

namespace tusk::graph {
namespace {

using layers::InputGradient;
using layers::LayerMemory;
using layers::Mode;

class Planner {
 public:
  Planner(const NetworkGraph& graph, Mode mode, std::size_t max_batch)
      : graph_(graph), mode_(mode), max_batch_(max_batch), gradients_(graph.values.size(), none) {
    plan_.values.resize(graph.values.size(), none);
    plan_.nodes.resize(graph.nodes.size());
    plan_.layers.resize(graph.layers.size());
    for (const GraphNode& node : graph.nodes) memories_.push_back(node.layer->memory(mode));
  }

  PassPlan plan(std::size_t threads, const std::vector<bool>& has_predictions) && {
    for (std::size_t i = 0; i < graph_.nodes.size(); ++i) plan_forward(i);
    plan_outputs(has_predictions);
    if (mode_ == Mode::training) {
      for (std::size_t i = graph_.nodes.size(); i-- > 0;) plan_backward(i);
      plan_shared_layers();
    }
    std::size_t scratch = 0;
    for (const LayerMemory& memory : memories_) scratch = std::max(scratch, memory.scratch);
    plan_.scratch_stride = padded(scratch);
    plan_.scratch = plan_.memory.add(plan_.scratch_stride * threads, 0, end());
    return std::move(plan_);
  }

 private:
  // Times.
  std::size_t losses() const { return graph_.nodes.size(); }
  std::size_t backward(std::size_t node) const { return 2 * losses() - node; }
  std::size_t end() const { return 2 * losses() + 1; }

  std::size_t root(std::size_t value) const { return graph_.values[value].root(mode_); }
  std::size_t add_like(std::size_t value, std::size_t first, std::size_t last) {
    return plan_.memory.add(graph_.values[value].shape.elements() * max_batch_, first, last);
  }
  void use(std::size_t value, std::size_t time) {
    if (plan_.values[value] != none) plan_.memory.use(plan_.values[value], time);
  }

  void plan_forward(std::size_t index);
  void plan_outputs(const std::vector<bool>& has_predictions);
  void plan_backward(std::size_t index);
  bool plan_output_gradients(std::size_t index);
  void plan_input(std::size_t index, std::size_t input, bool may_hand_on);
  void plan_shared_layers();

  const NetworkGraph& graph_;
  Mode mode_;
  std::size_t max_batch_;
  std::vector<LayerMemory> memories_;   // by node
  std::vector<std::size_t> gradients_;  // by value that is a root: the part, once there is one
  PassPlan plan_;
};

void Planner::plan_forward(std::size_t index) {
  const GraphNode& node = graph_.nodes[index];
  const LayerMemory& memory = memories_[index];
  PassPlan::Node& plan = plan_.nodes[index];
  for (const std::size_t input : node.inputs) use(input, index);
  plan.is_view = true;
  for (std::size_t i = 0; i < node.outputs.size(); ++i) {
    const std::size_t output = node.outputs[i];
    if (is_an_input(memory, i)) {
      plan_.values[output] = plan_.values[root(output)];
    } else {
      plan_.values[output] = add_like(output, index, index);
      plan.is_view = false;
    }
  }
  if (plan.is_view) return;
  const bool stays = mode_ == Mode::training && node.runs_backward;
  const std::size_t last = stays ? backward(index) : index;
  plan.kept = plan_.memory.add(memory.kept * max_batch_, index, last);
  plan.kept_of_batch = plan_.memory.add(memory.kept_of_batch, index, last);
}

void Planner::plan_outputs(const std::vector<bool>& has_predictions) {
  const bool trains = mode_ == Mode::training;
  for (std::size_t i = 0; i < graph_.outputs.size(); ++i) {
    const std::size_t value = graph_.outputs[i];
    PassPlan::Output output;
    use(value, trains ? losses() : end());
    if (has_predictions[i]) {
      output.predictions = add_like(value, losses(), trains ? losses() : end());
    }
    if (trains && graph_.values[value].wants_gradient) {
      std::size_t& gradient = gradients_[root(value)];
      if (gradient != none) output.beside = add_like(value, losses(), losses());
      if (gradient == none) gradient = add_like(value, losses(), losses());
      output.gradient = gradient;
    }
    plan_.outputs.push_back(output);
  }
}

// Whether any of the node's outputs has a gradient.
bool Planner::plan_output_gradients(std::size_t index) {
  const GraphNode& node = graph_.nodes[index];
  PassPlan::Node& plan = plan_.nodes[index];
  bool is_any = false;
  for (std::size_t i = 0; i < node.outputs.size(); ++i) {
    const std::size_t output = node.outputs[i];
    if (graph_.values[output].is_mask || is_an_input(memories_[index], i)) {
      plan.output_gradients.push_back(none);
      continue;
    }
    std::size_t part = gradients_[output];
    if (part == none) {
      part = add_like(output, backward(index), backward(index));
      plan.zeros.push_back(part);
    } else {
      is_any = true;
      plan_.memory.use(part, backward(index));
    }
    plan.output_gradients.push_back(part);
  }
  return is_any;
}

void Planner::plan_backward(std::size_t index) {
  const GraphNode& node = graph_.nodes[index];
  const LayerMemory& memory = memories_[index];
  PassPlan::Node& plan = plan_.nodes[index];
  if (plan.is_view || !node.runs_backward) return;
  const bool trains = node.placed != none && graph_.layers[node.placed].is_trained();
  plan.runs_backward = true;
  if (!plan_output_gradients(index)) {
    fail(ExitCode::bad_experiment, "{}: no loss depends on its output in a way that has a gradient",
         key_of_entry(node.entry, node.name));
  }

  // Whose gradient is the output's as it stands gets it first; its memory can go to one of them if
  // backward has nothing else to do, and each input is another value.
  std::vector<std::size_t> same;
  std::set<std::size_t> distinct;
  plan.calls_backward = trains;
  plan.inputs.resize(node.inputs.size());
  for (std::size_t i = 0; i < node.inputs.size(); ++i) {
    const GraphValue& value = graph_.values[node.inputs[i]];
    const InputGradient gradient = gradient_of_input(memory, i);
    if (!value.wants_gradient || value.is_mask || gradient == InputGradient::none) continue;
    if (gradient == InputGradient::same) {
      same.push_back(i);
      distinct.insert(root(node.inputs[i]));
    } else {
      plan.calls_backward = true;
    }
  }
  const bool may_hand_on = !plan.calls_backward && distinct.size() == same.size();
  // The inputs whose gradient is there already add to it before anybody gets the memory.
  std::ranges::stable_partition(
      same, [&](std::size_t i) { return gradients_[root(node.inputs[i])] != none; });
  for (std::size_t k = 0; k < same.size(); ++k) {
    plan_input(index, same[k], may_hand_on && k + 1 == same.size());
  }
  for (std::size_t i = 0; i < node.inputs.size(); ++i) {
    const GraphValue& value = graph_.values[node.inputs[i]];
    const InputGradient gradient = gradient_of_input(memory, i);
    const bool computed = gradient == InputGradient::made || gradient == InputGradient::in_place;
    if (value.wants_gradient && !value.is_mask && computed) plan_input(index, i, false);
    if (plan.calls_backward && memory.backward_reads_inputs) {
      use(node.inputs[i], backward(index));
    }
  }
  for (const std::size_t output : node.outputs) {
    if (plan.calls_backward && memory.backward_reads_outputs) use(output, backward(index));
  }
}

void Planner::plan_input(std::size_t index, std::size_t input, bool may_hand_on) {
  const GraphNode& node = graph_.nodes[index];
  PassPlan::Node& plan = plan_.nodes[index];
  PassPlan::Input& its = plan.inputs[input];
  const std::size_t value = node.inputs[input];
  const std::size_t time = backward(index);
  std::size_t& gradient = gradients_[root(value)];
  const bool is_first = gradient == none;
  const auto new_part = [&] { return add_like(value, time, time); };
  switch (gradient_of_input(memories_[index], input)) {
    case InputGradient::none:
      return;
    case InputGradient::made:
      its.way = is_first ? GradientWay::written : GradientWay::added;
      if (is_first) gradient = new_part();
      its.beside = is_first ? none : new_part();
      break;
    case InputGradient::in_place:
      its.way = is_first ? GradientWay::in_place : GradientWay::added_in_place;
      if (is_first) gradient = plan.output_gradients.front();
      break;
    case InputGradient::same:
      its.way = is_first ? GradientWay::copied : GradientWay::summed;
      if (is_first && may_hand_on) its.way = GradientWay::handed_on;
      if (is_first) gradient = may_hand_on ? plan.output_gradients.front() : new_part();
      break;
  }
  its.gradient = gradient;
  plan_.memory.use(gradient, time);
}

// From the first backward call to the last, which are the last and the first forward.
void Planner::plan_shared_layers() {
  for (std::size_t i = 0; i < graph_.layers.size(); ++i) {
    const GraphLayer& layer = graph_.layers[i];
    if (layer.calls < 2 || !layer.is_trained()) continue;
    PassPlan::SharedLayer& shared = plan_.layers[i];
    shared.sum = plan_.memory.add(layer.trained_size, losses(), end());
    shared.part = plan_.memory.add(layer.trained_size, losses(), end());
  }
}

}  // namespace

PassPlan plan_pass(const NetworkGraph& graph, Mode mode, std::size_t max_batch, std::size_t threads,
                   const std::vector<bool>& has_predictions) {
  return Planner(graph, mode, max_batch).plan(threads, has_predictions);
}

}  // namespace tusk::graph
