// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "net/graph/model.hpp"
#include "net/kernels/activation.hpp"
#include "tusk/error.hpp"

namespace tusk::graph {

using layers::Mode;

// Which call of a layer a node is: its entry's place, on which the randomness of a step depends.
layers::Pass Model::pass_of(const GraphNode& node, const layers::Pass& context) const {
  layers::Pass pass = context;
  pass.layer = static_cast<std::uint32_t>(node.entry);
  pass.frozen = node.placed != none && graph_.layers[node.placed].is_frozen;
  return pass;
}

void Model::check_batch(std::span<const ConstMatrix> inputs, const Workspace& workspace) const {
  if (inputs.size() != inputs_.size()) {
    fail(ExitCode::internal, "{} batches for a model of {} inputs", inputs.size(), inputs_.size());
  }
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const ConstMatrix& x = inputs[i];
    if (x.rows() != inputs_[i].shape.elements() || x.cols() == 0 ||
        x.cols() > workspace.max_batch() || x.cols() != inputs.front().cols()) {
      fail(ExitCode::internal,
           "a batch of {} samples of {} features for a model of {} and at most {}", x.cols(),
           x.rows(), inputs_[i].shape.elements(), workspace.max_batch());
    }
  }
}

void Model::forward(ConstSpan weights, Span new_weights, std::span<const ConstMatrix> inputs,
                    Workspace& workspace, const layers::Pass& context) const {
  check_size("weights", weights.size());
  check_batch(inputs, workspace);
  const std::size_t batch = inputs.front().cols();
  Workspace::PassViews& pass = workspace.pass(context.mode);
  for (std::size_t i = 0; i < inputs.size(); ++i) pass.values[graph_.inputs[i]] = inputs[i];
  for (std::size_t i = 0; i < graph_.nodes.size(); ++i) {
    const GraphNode& node = graph_.nodes[i];
    Workspace::NodeViews& views = pass.nodes[i];
    for (std::size_t k = 0; k < node.inputs.size(); ++k) {
      views.inputs[k] = pass.values[node.inputs[k]];
    }
    for (std::size_t k = 0; k < node.outputs.size(); ++k) {
      const std::size_t output = node.outputs[k];
      const std::size_t root = graph_.values[output].root(context.mode);
      const std::size_t rows = graph_.values[output].shape.elements();
      if (root == output) {
        views.outputs[k] = pass.buffers[output].first_cols(batch);
        pass.values[output] = views.outputs[k];
      } else {
        views.outputs[k] = {nullptr, rows, batch};
        pass.values[output] = {pass.values[root].data(), rows, batch};
      }
    }
    if (!pass.plan.nodes[i].is_view) {
      call_forward(node, views, weights, new_weights, batch, context);
    }
    context.step.turn();
  }
  for (std::size_t i = 0; i < outputs_.size(); ++i) {
    pass.outputs[i] = pass.values[graph_.outputs[i]];
    predict_output(i, workspace, pass);
  }
}

void Model::call_forward(const GraphNode& node, const Workspace::NodeViews& views,
                         ConstSpan weights, Span new_weights, std::size_t batch,
                         const layers::Pass& context) const {
  const layers::Pass pass = pass_of(node, context);
  layers::Forward args{.pass = pass,
                       .inputs = views.inputs,
                       .outputs = views.outputs,
                       .kept = views.kept.first_cols(batch),
                       .kept_of_batch = views.kept_of_batch,
                       .scratch = views.scratch};
  if (node.placed != none) {
    const GraphLayer& layer = graph_.layers[node.placed];
    args.weights = weights.subspan(layer.trained_offset, layer.trained_size);
    args.statistics = weights.subspan(layer.statistics_offset, layer.statistics_size);
    if (context.mode == Mode::training && layer.updates_statistics) {
      args.new_statistics = new_weights.subspan(layer.statistics_offset, layer.statistics_size);
    }
  }
  node.layer->forward(args);
}

// What the outputs are after the last activation, where a loss takes it over.
void Model::predict_output(std::size_t index, Workspace& workspace,
                           Workspace::PassViews& pass) const {
  const ConstMatrix outputs = pass.outputs[index];
  pass.predictions[index] = outputs;
  const Activation fused = outputs_[index].fused;
  if (fused == Activation::linear) return;
  const std::size_t part = pass.plan.outputs[index].predictions;
  const Matrix predicted(workspace.part(pass.plan, part, outputs.size()).data(), outputs.rows(),
                         outputs.cols());
  std::copy_n(outputs.data(), outputs.size(), predicted.data());
  for (std::size_t sample = 0; sample < predicted.cols(); ++sample) {
    kernels::activate(fused, predicted.col(sample));
  }
  pass.predictions[index] = predicted;
}

BatchScore Model::train_step(Span weights, ConstMatrix x, const Targets& targets, Span gradients,
                             Workspace& workspace, const layers::StepContext& step) const {
  return train_step(weights, {&x, 1}, {&targets, 1}, gradients, workspace, step);
}

BatchScore Model::train_step(Span weights, std::span<const ConstMatrix> inputs,
                             std::span<const Targets> targets, Span gradients, Workspace& workspace,
                             const layers::StepContext& step) const {
  if (gradients.size() < graph_.trained_count) {
    fail(ExitCode::internal, "{} gradients for a model of {} parameters to train", gradients.size(),
         graph_.trained_count);
  }
  layers::WholeGradients whole(gradients);
  return train_step(weights, inputs, targets, whole, workspace, step);
}

BatchScore Model::train_step(Span weights, ConstMatrix x, const Targets& targets,
                             layers::GradientSink& sink, Workspace& workspace,
                             const layers::StepContext& step) const {
  return train_step(weights, {&x, 1}, {&targets, 1}, sink, workspace, step);
}

BatchScore Model::train_step(Span weights, std::span<const ConstMatrix> inputs,
                             std::span<const Targets> targets, layers::GradientSink& sink,
                             Workspace& workspace, const layers::StepContext& step) const {
  if (!workspace.training())
    fail(ExitCode::internal, "a training step in a workspace for inference");
  const layers::Pass pass{.team = workspace.team(), .mode = Mode::training, .step = step};
  forward(weights, weights, inputs, workspace, pass);
  const Workspace::PassViews& views = workspace.pass(Mode::training);
  const BatchScore result = score(losses_, views.outputs, views.predictions, targets);
  lay_down_gradients(targets, workspace);
  backward(weights, sink, workspace, pass);
  return result;
}

BatchScore Model::evaluate(ConstSpan weights, ConstMatrix x, const Targets& targets,
                           Workspace& workspace, ConstMatrix* predicted) const {
  const BatchScore result = evaluate(weights, {&x, 1}, {&targets, 1}, workspace);
  if (predicted != nullptr) *predicted = workspace.pass(Mode::inference).predictions.front();
  return result;
}

BatchScore Model::evaluate(ConstSpan weights, std::span<const ConstMatrix> inputs,
                           std::span<const Targets> targets, Workspace& workspace,
                           std::span<const ConstMatrix>* predicted) const {
  forward(weights, {}, inputs, workspace, {.team = workspace.team()});
  const Workspace::PassViews& views = workspace.pass(Mode::inference);
  if (predicted != nullptr) *predicted = views.predictions;
  return score(losses_, views.outputs, views.predictions, targets);
}

ConstMatrix Model::predict(ConstSpan weights, ConstMatrix x, Workspace& workspace) const {
  return predict(weights, std::span(&x, 1), workspace).front();
}

std::span<const ConstMatrix> Model::predict(ConstSpan weights, std::span<const ConstMatrix> inputs,
                                            Workspace& workspace) const {
  forward(weights, {}, inputs, workspace, {.team = workspace.team()});
  return workspace.pass(Mode::inference).predictions;
}

void Model::check_size(const char* what, std::size_t size) const {
  if (size != parameter_count()) {
    fail(ExitCode::internal, "{} {} for a model of {} parameters", size, what, parameter_count());
  }
}

}  // namespace tusk::graph
