// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "net/graph/metric.hpp"
#include "net/graph/model.hpp"
#include "net/kernels/activation.hpp"
#include "tusk/error.hpp"

namespace tusk::graph {

ConstMatrix Model::forward(ConstSpan weights, ConstMatrix x, Workspace& workspace,
                           const layers::Pass& context) const {
  check_size("weights", weights.size());
  if (x.rows() != input_size() || x.cols() == 0 || x.cols() > workspace.max_batch()) {
    fail(ExitCode::internal,
         "a batch of {} samples of {} features for a model of {} and at most {}", x.cols(),
         x.rows(), input_size(), workspace.max_batch());
  }
  layers::Pass pass = context;
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    const auto& [layer, offset, size] = layers_[i];
    Workspace::LayerViews& views = workspace.layers_[i];
    pass.layer = static_cast<std::uint32_t>(i);
    views.input = x;
    const Workspace::Room& room = views.room(pass.mode);
    if (!room.is_view) {
      const Matrix y = views.buffer.first_cols(x.cols());
      layer->forward({.pass = pass,
                      .weights = weights.subspan(offset, size),
                      .inputs = {&views.input, 1},
                      .outputs = {&y, 1},
                      .kept = room.kept.first_cols(x.cols()),
                      .kept_of_batch = room.kept_of_batch,
                      .scratch = room.scratch});
      x = y;
    }
    views.output = x;
    pass.step.turn();
  }
  return x;
}

ConstMatrix Model::predictions(ConstMatrix outputs, Workspace& workspace) const {
  if (fused_ == Activation::linear) return outputs;
  const Matrix predicted = workspace.predictions_.first_cols(outputs.cols());
  std::copy_n(outputs.data(), outputs.size(), predicted.data());
  for (std::size_t sample = 0; sample < predicted.cols(); ++sample) {
    kernels::activate(fused_, predicted.col(sample));
  }
  return predicted;
}

BatchScore Model::score(ConstMatrix outputs, ConstMatrix predicted, const Targets& targets) const {
  check_targets(targets);
  if (targets.batch() != outputs.cols()) {
    fail(ExitCode::internal, "{} targets for {} samples", targets.batch(), outputs.cols());
  }
  BatchScore score{.samples = outputs.cols(), .loss_sum = loss_->sum(outputs, targets)};
  for (std::size_t i = 0; i < metrics().size(); ++i) {
    score.metric_sums[i] = metric_sum(metrics()[i], predicted, targets);
  }
  return score;
}

void Model::backward(ConstSpan weights, Matrix dy, layers::GradientSink& sink, Workspace& workspace,
                     const layers::Pass& context) const {
  layers::Pass pass = context;
  std::size_t free = 1;  // which of the two gradient buffers dy is not in
  for (std::size_t i = layers_.size(); i-- > first_trained_;) {
    const auto& [layer, offset, size] = layers_[i];
    const Workspace::LayerViews& views = workspace.layers_[i];
    const Workspace::Room& room = views.room(layers::Mode::training);
    const std::size_t inputs = views.input.rows();
    const bool is_made = !room.is_view && views.gradient == layers::InputGradient::made;
    // A dx that the layer does not make anew lies in the memory of dy.
    Matrix dx(is_made ? workspace.gradients_[free].data() : dy.data(), inputs, dy.cols());
    if (!room.is_view) {
      pass.layer = static_cast<std::uint32_t>(i);
      const bool is_wanted =
          i > first_trained_ && (is_made || views.gradient == layers::InputGradient::in_place);
      const Matrix wanted = is_wanted ? dx : Matrix();
      layer->backward({.pass = pass,
                       .weights = weights.subspan(offset, size),
                       .inputs = {&views.input, 1},
                       .outputs = {&views.output, 1},
                       .kept = room.kept.first_cols(dy.cols()),
                       .kept_of_batch = room.kept_of_batch,
                       .scratch = room.scratch,
                       .output_gradients = {&dy, 1},
                       .input_gradients = {&wanted, 1},
                       .gradients = layers::LayerGradients(sink, offset)});
      if (is_made) free = 1 - free;
    }
    dy = dx;
    pass.step.turn();
  }
}

BatchScore Model::train_step(ConstSpan weights, ConstMatrix x, const Targets& targets,
                             Span gradients, Workspace& workspace,
                             const layers::StepContext& step) const {
  check_size("gradients", gradients.size());
  layers::WholeGradients whole(gradients);
  return train_step(weights, x, targets, whole, workspace, step);
}

BatchScore Model::train_step(ConstSpan weights, ConstMatrix x, const Targets& targets,
                             layers::GradientSink& sink, Workspace& workspace,
                             const layers::StepContext& step) const {
  if (!workspace.training())
    fail(ExitCode::internal, "a training step in a workspace for inference");
  const layers::Pass pass{.team = workspace.team(), .mode = layers::Mode::training, .step = step};
  const ConstMatrix outputs = forward(weights, x, workspace, pass);
  const ConstMatrix predicted = predictions(outputs, workspace);
  const BatchScore result = score(outputs, predicted, targets);
  const Matrix dy(workspace.gradients_[0].data(), outputs.rows(), outputs.cols());
  loss_->gradient(outputs, predicted, targets, dy);
  backward(weights, dy, sink, workspace, pass);
  return result;
}

BatchScore Model::evaluate(ConstSpan weights, ConstMatrix x, const Targets& targets,
                           Workspace& workspace, ConstMatrix* predicted) const {
  const ConstMatrix outputs = forward(weights, x, workspace, {.team = workspace.team()});
  const ConstMatrix probabilities = predictions(outputs, workspace);
  if (predicted != nullptr) *predicted = probabilities;
  return score(outputs, probabilities, targets);
}

ConstMatrix Model::predict(ConstSpan weights, ConstMatrix x, Workspace& workspace) const {
  return predictions(forward(weights, x, workspace, {.team = workspace.team()}), workspace);
}

void Model::check_targets(const Targets& targets) const {
  if (targets.are_classes()) {
    if (labels() != LabelKind::classes) {
      fail(ExitCode::internal, "class indices for the loss '{}'", name_of(loss()));
    }
  } else if (targets.values.rows() != output_size()) {
    fail(ExitCode::bad_data,
         "the labels have {} values a sample, but the model has {} outputs, as loss '{}' "
         "compares one with one",
         targets.values.rows(), output_size(), name_of(loss()));
  }
}

void Model::check_size(const char* what, std::size_t size) const {
  if (size != parameter_count_) {
    fail(ExitCode::internal, "{} {} for a model of {} parameters", size, what, parameter_count_);
  }
}

}  // namespace tusk::graph
