// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <atomic>
#include <functional>

#include "net/graph/model.hpp"
#include "net/graph/weighting.hpp"
#include "tusk/error.hpp"

// The way back through the graph, as pass_plan.hpp has planned it.
namespace tusk::graph {
namespace {

using layers::Mode;

// to += more, the numbers shared out among the threads.
void add(ConstSpan more, Span to, kernels::Team& team) {
  constexpr std::size_t line = 64 / sizeof(Real);
  team.share(to.size(), line, 1, [&](const kernels::Share& share) {
    for (std::size_t i = share.first; i < share.last; ++i) to[i] += more[i];
  });
}

// Counts what a user's layer hands over: what it forgot would be trained by the gradients of
// another part of the network, or of the step before.
class Counted final : public layers::GradientSink {
 public:
  explicit Counted(layers::GradientSink& sink) : sink_(sink) {}

  Span room(std::size_t offset, std::size_t count, std::size_t place) override {
    return sink_.room(offset, count, place);
  }
  void take(std::size_t offset, Span gradients) override {
    taken_ += gradients.size();
    sink_.take(offset, gradients);
  }
  void require_all_of(const GraphLayer& layer) const {
    if (taken_ == layer.trained_size) return;
    fail(ExitCode::internal, "the layer '{}' has handed over gradients of {} of its {} parameters",
         layer.name, taken_.load(), layer.trained_size);
  }

 private:
  layers::GradientSink& sink_;
  std::atomic<std::size_t> taken_ = 0;
};

}  // namespace

// Each loss's gradient to where that of its output adds up.
void Model::lay_down_gradients(std::span<const Targets> targets, Workspace& workspace) const {
  const Workspace::PassViews& pass = workspace.pass(Mode::training);
  for (std::size_t i = 0; i < outputs_.size(); ++i) {
    const PassPlan::Output& plan = pass.plan.outputs[i];
    if (plan.gradient == none) continue;
    const ConstMatrix outputs = pass.outputs[i];
    const auto at = [&](std::size_t part) -> Matrix {
      return {workspace.part(pass.plan, part, outputs.size()).data(), outputs.rows(),
              outputs.cols()};
    };
    const bool is_added = plan.beside != none;
    const Matrix dy = at(is_added ? plan.beside : plan.gradient);
    const ModelOutput& output = outputs_[i];
    output.loss->gradient(outputs, pass.predictions[i], targets_of(i, targets), dy);
    weigh_gradient(targets_of(i, targets), dy);
    if (output.loss_weight != 1.0) {
      for (Real& number : dy.flat()) number *= static_cast<Real>(output.loss_weight);
    }
    if (is_added) add(dy.flat(), at(plan.gradient).flat(), workspace.team());
  }
}

void Model::backward(ConstSpan weights, layers::GradientSink& sink, Workspace& workspace,
                     const layers::Pass& context) const {
  Workspace::PassViews& pass = workspace.pass(Mode::training);
  std::vector<std::size_t>& calls = pass.calls_to_go;
  for (std::size_t i = 0; i < calls.size(); ++i) calls[i] = graph_.layers[i].calls;
  for (std::size_t i = graph_.nodes.size(); i-- > 0;) {
    const GraphNode& node = graph_.nodes[i];
    if (!node.runs_backward) continue;
    if (pass.plan.nodes[i].runs_backward) propagate(i, weights, sink, workspace, context);
    context.step.turn();
  }
}

// One node: the gradients of its inputs and weights from those of its outputs.
void Model::propagate(std::size_t index, ConstSpan weights, layers::GradientSink& sink,
                      Workspace& workspace, const layers::Pass& context) const {
  const GraphNode& node = graph_.nodes[index];
  Workspace::PassViews& pass = workspace.pass(Mode::training);
  const PassPlan::Node& plan = pass.plan.nodes[index];
  Workspace::NodeViews& views = pass.nodes[index];
  const std::size_t batch = views.inputs.front().cols();
  const auto at = [&](std::size_t part, std::size_t rows) -> Matrix {
    if (part == none) return {};
    return {workspace.part(pass.plan, part, rows * batch).data(), rows, batch};
  };
  for (std::size_t k = 0; k < node.outputs.size(); ++k) {
    views.output_gradients[k] = at(plan.output_gradients[k], views.outputs[k].rows());
  }
  for (const std::size_t part : plan.zeros) {
    std::ranges::fill(workspace.part(pass.plan, part, pass.plan.memory.size(part)), Real{0});
  }
  for (std::size_t k = 0; k < node.inputs.size(); ++k) {
    const PassPlan::Input& input = plan.inputs[k];
    const Matrix total = at(input.gradient, views.inputs[k].rows());
    const Matrix dy = views.output_gradients.front();
    Matrix& dx = views.input_gradients[k];
    dx = {};
    switch (input.way) {
      case GradientWay::unwanted:
      case GradientWay::handed_on:
        break;
      case GradientWay::written:
        dx = total;
        break;
      case GradientWay::added:
        dx = at(input.beside, views.inputs[k].rows());
        break;
      case GradientWay::in_place:
      case GradientWay::added_in_place:
        dx = {dy.data(), views.inputs[k].rows(), batch};
        break;
      case GradientWay::copied:
        std::ranges::copy(dy.flat(), total.data());
        break;
      case GradientWay::summed:
        add(dy.flat(), total.flat(), workspace.team());
        break;
    }
  }
  if (plan.calls_backward) call_backward(index, weights, sink, workspace, context);
  for (std::size_t k = 0; k < node.inputs.size(); ++k) {
    const PassPlan::Input& input = plan.inputs[k];
    if (input.way != GradientWay::added && input.way != GradientWay::added_in_place) continue;
    const Matrix& dx = views.input_gradients[k];
    add(dx.flat(), at(input.gradient, dx.rows()).flat(), workspace.team());
  }
}

void Model::call_backward(std::size_t index, ConstSpan weights, layers::GradientSink& sink,
                          Workspace& workspace, const layers::Pass& context) const {
  const GraphNode& node = graph_.nodes[index];
  Workspace::PassViews& views_of_pass = workspace.pass(Mode::training);
  Workspace::NodeViews& views = views_of_pass.nodes[index];
  const std::size_t batch = views.inputs.front().cols();
  for (std::size_t k = 0; k < views.inputs.size(); ++k) {
    views.inputs_read[k] = views.inputs[k];
    if (!views.reads_inputs) views.inputs_read[k] = {nullptr, views.inputs[k].rows(), batch};
  }
  for (std::size_t k = 0; k < views.outputs.size(); ++k) {
    views.outputs_read[k] = views_of_pass.values[node.outputs[k]];
    if (!views.reads_outputs) views.outputs_read[k] = {nullptr, views.outputs[k].rows(), batch};
  }
  static const GraphLayer no_layer{.is_frozen = true};
  const GraphLayer& layer = node.placed != none ? graph_.layers[node.placed] : no_layer;
  const layers::Pass pass = pass_of(node, context);
  const auto call_layer = [&](layers::GradientSink& its_sink, std::size_t offset) {
    node.layer->backward(
        {.pass = pass,
         .weights = weights.subspan(layer.trained_offset, layer.trained_size),
         .statistics = weights.subspan(layer.statistics_offset, layer.statistics_size),
         .inputs = views.inputs_read,
         .outputs = views.outputs_read,
         .kept = views.kept.first_cols(batch),
         .kept_of_batch = views.kept_of_batch,
         .scratch = views.scratch,
         .output_gradients = views.output_gradients,
         .input_gradients = views.input_gradients,
         .gradients = layers::LayerGradients(its_sink, offset)});
  };
  const auto call = [&](layers::GradientSink& its_sink, std::size_t offset) {
    if (!layer.is_users || !layer.is_trained()) return call_layer(its_sink, offset);
    Counted counted(its_sink);
    call_layer(counted, offset);
    counted.require_all_of(layer);
  };
  if (layer.calls < 2 || !layer.is_trained()) return call(sink, layer.trained_offset);

  // The gradients of several calls add up beside; the last one hands their sum over.
  const PassPlan& plan = views_of_pass.plan;
  const PassPlan::SharedLayer& shared = plan.layers[node.placed];
  std::size_t& to_go = views_of_pass.calls_to_go[node.placed];
  const Span sum = workspace.part(plan, shared.sum, layer.trained_size);
  const Span part = workspace.part(plan, shared.part, layer.trained_size);
  const bool is_first = to_go == layer.calls;
  layers::WholeGradients whole(is_first ? sum : part);
  call(whole, 0);
  if (!is_first) add(part, sum, workspace.team());
  if (--to_go > 0) return;
  const Span room = sink.room(layer.trained_offset, layer.trained_size, layer.trained_offset);
  std::ranges::copy(sum, room.begin());
  sink.take(layer.trained_offset, room);
}

}  // namespace tusk::graph
