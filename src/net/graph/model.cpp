// SPDX-License-Identifier: Apache-2.0
#include "net/graph/model.hpp"

#include <algorithm>
#include <utility>

#include "net/graph/metric.hpp"
#include "net/graph/parameter_layout.hpp"
#include "net/graph/weighting.hpp"
#include "net/layers/make_layer.hpp"
#include "tusk/error.hpp"
#include "tusk/random.hpp"

namespace tusk::graph {
namespace {

// The inputs' shapes: those given, in their order, which must be those of the experiment where it
// has any. None given: the experiment's.
std::vector<ModelInput> make_inputs(const Wiring& wiring, std::span<const Shape> given) {
  if (!given.empty() && given.size() != wiring.inputs.size()) {
    fail(ExitCode::bad_experiment, "model.inputs: the model has {} inputs, but the data {}",
         wiring.inputs.size(), given.size());
  }
  std::vector<ModelInput> inputs;
  for (std::size_t i = 0; i < wiring.inputs.size(); ++i) {
    const InputOptions& asked = wiring.inputs[i];
    if (given.empty() && asked.shape.empty()) {
      fail(ExitCode::bad_experiment, "model.inputs: input '{}' needs a shape, as in {{ {} = [8] }}",
           asked.name, asked.name);
    }
    const Shape shape = given.empty() ? Shape(asked.shape) : given[i];
    if (!asked.shape.empty() && Shape(asked.shape) != shape) {
      fail(ExitCode::bad_experiment,
           "model.inputs.{} has shape {}, but the samples of the data have {}", asked.name,
           Shape(asked.shape).to_string(), shape.to_string());
    }
    if (shape.elements() == 0) {
      fail(ExitCode::bad_data, "samples of shape {} hold no features", shape.to_string());
    }
    inputs.push_back({asked.name, shape});
  }
  return inputs;
}

std::vector<Shape> shapes_of(const std::vector<ModelInput>& inputs) {
  std::vector<Shape> shapes;
  for (const ModelInput& input : inputs) shapes.push_back(input.shape);
  return shapes;
}

}  // namespace

Model::Model(const ModelOptions& options, const Shape& input)
    : Model(options, std::span(&input, 1)) {}

Model::Model(const ModelOptions& options, std::span<const Shape> inputs) : layers_(options.layers) {
  const Wiring wiring = wire(options);
  layer_names_ = wiring.names;
  inputs_ = make_inputs(wiring, inputs);
  const std::vector<bool> trainable = trainable_entries(options, wiring.names);
  for (std::size_t i = 0; i < layers_.size(); ++i) layers_[i].trainable = trainable[i];
  std::vector<LayerEntry> built = options.layers;
  outputs_ = make_outputs(options, wiring, built);
  for (const ModelOutput& output : outputs_) losses_.push_back(output.loss.get());
  graph_ = build_graph(built, wiring, shapes_of(inputs_), trainable);
  for (GraphLayer& layer : graph_.layers) {
    layer.is_users = std::holds_alternative<UserLayer>(built[layer.entry]);
  }
  if (graph_.parameter_count == 0) {
    fail(ExitCode::bad_experiment, "model.layers has no layer with weights to train");
  }
  for (std::size_t i = 0; i < outputs_.size(); ++i) {
    outputs_[i].shape = graph_.values[graph_.outputs[i]].shape;
    check_output(outputs_[i], outputs_.size() == 1);
  }
  metric_names_ = names_of_scores(outputs_);
  weighing_ = weighing_of_scores(outputs_);
}

void Model::initialize(Span weights, std::uint64_t seed) const {
  check_size("weights", weights.size());
  for (std::size_t i = 0; i < parameters().size(); ++i) {
    Random random(seed, Stream::initial_weights, static_cast<std::uint32_t>(i));
    const layers::Parameter& parameter = parameters()[i];
    const Span values = weights.subspan(parameter.offset, parameter.size());
    if (parameter.initializer) {
      parameter.initializer(parameter, random, values);
    } else {
      std::ranges::fill(values, Real{0});
    }
  }
}

BatchScore Model::score(std::span<const Loss* const> losses, std::span<const ConstMatrix> outputs,
                        std::span<const ConstMatrix> predictions,
                        std::span<const Targets> targets) const {
  if (targets.size() != 1 && targets.size() != outputs_.size()) {
    fail(ExitCode::internal, "targets of {} outputs for a model of {}", targets.size(),
         outputs_.size());
  }
  const std::size_t samples = outputs.front().cols();
  BatchScore score{.samples = samples, .weighing = weighing_};
  std::size_t next = 0;
  for (std::size_t i = 0; i < outputs_.size(); ++i) {
    const Targets& its = targets_of(i, targets);
    check_targets(its, i);
    if (its.batch() != samples || (!its.weights.empty() && its.weights.size() != samples)) {
      fail(ExitCode::internal, "{} targets with {} weights for {} samples", its.batch(),
           its.weights.size(), samples);
    }
    score.weight_sums[i] = sum_of_weights(its, samples);
    const double loss = weighted_sum(*losses[i], outputs[i], its);
    score.loss_sum += outputs_[i].loss_weight * loss;
    if (outputs_.size() > 1) score.metric_sums[next++] = loss;
  }
  for (std::size_t i = 0; i < outputs_.size(); ++i) {
    for (const MetricKind metric : outputs_[i].metrics) {
      score.metric_sums[next++] = metric_sum(metric, predictions[i], targets_of(i, targets));
    }
  }
  for (std::size_t i = 0; i < outputs_.size(); ++i) {
    for (const MetricKind metric : outputs_[i].weighted_metrics) {
      score.metric_sums[next++] =
          weighted_metric_sum(metric, predictions[i], targets_of(i, targets));
    }
  }
  return score;
}

std::optional<std::size_t> Model::index_limit(std::size_t input) const {
  std::optional<std::size_t> least;
  for (const GraphNode& node : graph_.nodes) {
    if (node.placed == none) continue;
    const auto limit = layers::index_limit(layers_[graph_.layers[node.placed].entry]);
    const GraphValue& read = graph_.values[node.inputs.front()];
    const bool is_input = read.root_in_training == graph_.inputs[input] &&
                          read.root_in_inference == graph_.inputs[input];
    if (limit && is_input) least = std::min(*limit, least.value_or(*limit));
  }
  return least;
}

void Model::check_targets(const Targets& targets) const {
  for (std::size_t i = 0; i < outputs_.size(); ++i) check_targets(targets, i);
}

void Model::check_targets(const Targets& targets, std::size_t index) const {
  const ModelOutput& output = outputs_[index];
  if (targets.are_classes()) {
    if (output.loss->labels() != LabelKind::classes) {
      fail(ExitCode::internal, "class indices for the loss '{}'", name_of(output.loss_options));
    }
  } else if (targets.values.rows() != output.shape.elements()) {
    fail(ExitCode::bad_data,
         "the labels have {} values a sample, but {} has {} outputs, as loss '{}' compares one "
         "with one",
         targets.values.rows(),
         outputs_.size() == 1 ? "the model" : fmt::format("'{}'", output.name),
         output.shape.elements(), name_of(output.loss_options));
  }
}

}  // namespace tusk::graph
