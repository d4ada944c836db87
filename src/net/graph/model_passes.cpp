// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <utility>

#include "core/error.hpp"
#include "net/graph/metric.hpp"
#include "net/graph/model.hpp"
#include "net/kernels/activation.hpp"

namespace tusk::graph {
namespace {

// Every part of a workspace begins at a cache line, so that it is as fast and rounds the same
// wherever it lies.
std::size_t padded(std::size_t count) {
  constexpr std::size_t line = 64 / sizeof(Real);
  return (count + line - 1) / line * line;
}

}  // namespace

Workspace Model::make_workspace(std::size_t max_batch, bool training, std::size_t threads) const {
  if (max_batch == 0) fail(ExitCode::internal, "a workspace for batches of no samples");
  const layers::Mode mode = training ? layers::Mode::training : layers::Mode::inference;
  Workspace workspace;
  workspace.max_batch_ = max_batch;
  workspace.training_ = training;
  workspace.team_ = std::make_unique<kernels::Team>(threads);

  std::size_t used = 0;  // of the memory, first counted and then handed out
  const auto take = [&](std::size_t per_sample) {
    const std::size_t count = per_sample * max_batch;
    const std::size_t offset = std::exchange(used, used + padded(count));
    return workspace.memory_.empty() ? Span() : Span(workspace.memory_).subspan(offset, count);
  };
  const auto lay_out = [&] {
    used = 0;
    std::size_t widest = 0;
    workspace.layers_.clear();
    for (const PlacedLayer& placed : layers_) {
      const layers::LayerMemory memory = placed.layer->memory(mode);
      const Span buffer = take(memory.output);
      workspace.layers_.push_back(
          {.buffer = {buffer.data(), memory.output, max_batch}, .kept = take(memory.kept)});
      widest = std::max(widest, placed.layer->output_shape().elements());
    }
    if (fused_ != Activation::linear) {
      workspace.predictions_ = {take(output_size()).data(), output_size(), max_batch};
    }
    for (Span& gradients : workspace.gradients_) gradients = take(training ? widest : 0);
  };
  lay_out();
  workspace.memory_.resize(used);
  lay_out();
  return workspace;
}

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
    auto& [buffer, kept, output] = workspace.layers_[i];
    pass.layer = static_cast<std::uint32_t>(i);
    output =
        layer->forward(weights.subspan(offset, size), x, buffer.first_cols(x.cols()), kept, pass);
    x = output;
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

void Model::backward(ConstSpan weights, ConstMatrix x, Matrix dy, layers::GradientSink& sink,
                     Workspace& workspace, const layers::StepContext& step) const {
  std::size_t free = 1;  // which of the two gradient buffers dy is not in
  for (std::size_t i = layers_.size(); i-- > first_trained_;) {
    const auto& [layer, offset, size] = layers_[i];
    const ConstMatrix input = i == 0 ? x : workspace.layers_[i - 1].output;
    Matrix dx;
    if (i > first_trained_) dx = {workspace.gradients_[free].data(), input.rows(), input.cols()};
    dy = layer->backward(weights.subspan(offset, size), input, workspace.layers_[i].output, dy,
                         layers::LayerGradients(sink, offset), dx, workspace.layers_[i].kept,
                         workspace.team());
    if (dy.data() == dx.data()) free = 1 - free;
    step.turn();
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
  const ConstMatrix outputs =
      forward(weights, x, workspace,
              {.team = workspace.team(), .mode = layers::Mode::training, .step = step});
  const ConstMatrix predicted = predictions(outputs, workspace);
  const BatchScore result = score(outputs, predicted, targets);
  const Matrix dy(workspace.gradients_[0].data(), outputs.rows(), outputs.cols());
  loss_->gradient(outputs, predicted, targets, dy);
  backward(weights, x, dy, sink, workspace, step);
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
    if (label_kind(loss()) != LabelKind::classes) {
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
