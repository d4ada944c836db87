// SPDX-License-Identifier: Apache-2.0
#include "net/graph/model.hpp"

#include <algorithm>
#include <map>
#include <utility>
#include <variant>

#include "core/log.hpp"
#include "core/units.hpp"
#include "net/graph/chain_link.hpp"
#include "net/graph/make_loss.hpp"
#include "net/layers/make_layer.hpp"
#include "tusk/error.hpp"
#include "tusk/random.hpp"

namespace tusk::graph {
namespace {

// The activation that a layer ends in; none for a layer without one.
Activation* final_activation(LayerOptions& layer) {
  return std::visit(
      [](auto& options) -> Activation* {
        if constexpr (requires { options.activation; }) return &options.activation;
        return nullptr;
      },
      layer);
}

// Keras's names: "dense", "dense_1", "dense_2", ….
std::vector<std::string> names_of_layers(const std::vector<LayerEntry>& layers) {
  std::map<std::string, std::size_t> seen;
  std::vector<std::string> names;
  for (const LayerOptions& layer : layers) {
    const std::size_t before = seen[type_of(layer)]++;
    names.push_back(before == 0 ? type_of(layer) : fmt::format("{}_{}", type_of(layer), before));
  }
  return names;
}

// Until networks are graphs: what makes a chain something else.
void require_chain(const ModelOptions& options) {
  const auto refuse = [](const std::string& key) {
    fail(ExitCode::bad_experiment, "{}: this version trains chains of layers that are not frozen",
         key);
  };
  for (std::size_t i = 0; i < options.layers.size(); ++i) {
    const LayerEntry& entry = options.layers[i];
    const std::string key = fmt::format("model.layers.{}", i);
    if (!entry.use.empty()) refuse(key + ".use");
    if (!entry.inputs.empty()) refuse(key + ".inputs");
    if (!entry.name.empty()) refuse(key + ".name");
    if (!entry.trainable) refuse(key + ".trainable");
  }
  if (!options.inputs.empty()) refuse("model.inputs");
  if (!options.outputs.empty()) refuse("model.outputs");
  if (!options.frozen.empty()) refuse("model.frozen");
}

}  // namespace

Model::Model(const ModelOptions& options, const Shape& input)
    : options_(options),
      input_(input),
      output_(input),
      layer_names_(names_of_layers(options.layers)) {
  constexpr std::size_t max_layers = 1024;  // as many as dropout tells apart
  if (options.layers.empty() || options.layers.size() > max_layers) {
    fail(ExitCode::bad_experiment, "model.layers must have between 1 and {} layers, but has {}",
         max_layers, options.layers.size());
  }
  if (input.elements() == 0) {
    fail(ExitCode::bad_data, "samples of shape {} hold no features", input.to_string());
  }
  require_chain(options);
  std::vector<LayerEntry> built = options.layers;
  loss_ = make_loss(options.loss, options.huber_delta);
  if (Activation* last = final_activation(built.back());
      last != nullptr && *last != Activation::linear && *last == loss_->takes_over()) {
    fused_ = std::exchange(*last, Activation::linear);
    loss_ = loss_->of_logits();
  }
  for (const LayerEntry& layer : built) add_layer(layer);
  first_trained_ = static_cast<std::size_t>(
      std::find_if(layers_.begin(), layers_.end(), [](const auto& l) { return l.size > 0; }) -
      layers_.begin());
  if (parameter_count_ == 0) {
    fail(ExitCode::bad_experiment, "model.layers has no layer with weights to train");
  }
  check_loss();
  add_metrics();
}

void Model::add_layer(const LayerOptions& options) {
  const std::size_t index = layers_.size();
  const std::string key = fmt::format("model.layers.{}", index);
  auto layer = layers::make_layer(options, {&output_, 1}, key);
  require_link(*layer, output_, parameter_count_ > 0, key);
  output_ = layer->output_shapes().front();
  const std::size_t offset = parameter_count_;
  for (layers::Parameter& parameter : layer->parameters()) {
    parameter.layer = layer_names_[index];
    parameter.offset = parameter_count_;
    parameter_count_ += parameter.size();
    parameters_.push_back(std::move(parameter));
  }
  layers_.push_back({std::move(layer), offset, parameter_count_ - offset});
}

void Model::check_loss() {
  const std::string loss = name_of(options_.loss);
  if (output_shape().rank() != 1) {
    fail(ExitCode::bad_experiment,
         "model.layers: the outputs of a sample must be one axis, but have shape {}; end in a "
         "flatten or dense layer",
         output_shape().to_string());
  }
  if (labels() == LabelKind::classes && output_size() < 2) {
    fail(ExitCode::bad_experiment,
         "model.loss = '{}' needs an output for every class, at least 2, but the last layer has 1; "
         "for two classes on one output use 'binary_crossentropy'",
         loss);
  }
  if (options_.loss == LossKind::huber && !(options_.huber_delta > 0.0)) {
    fail(ExitCode::bad_experiment, "model.huber_delta must be above 0, but is {}",
         options_.huber_delta);
  }
  const Activation* last = final_activation(options_.layers.back());
  const bool gives_probabilities =
      last == nullptr || *last == Activation::softmax || *last == Activation::sigmoid;
  const Activation usual = loss_->takes_over();
  if (usual != Activation::linear && !gives_probabilities) {
    warning(
        "model.loss = '{}' takes the outputs for probabilities, but the last layer ends in "
        "'{}'; '{}' is usual",
        loss, name_of(*last), name_of(usual));
  }
}

void Model::add_metrics() {
  for (const MetricKind metric : options_.metrics) {
    const std::string name(name_of(metric));
    if (std::find(metric_names_.begin(), metric_names_.end(), name) != metric_names_.end()) {
      fail(ExitCode::bad_experiment, "model.metrics names '{}' twice", name);
    }
    metric_names_.push_back(name);
  }
}

void Model::initialize(Span weights, std::uint64_t seed) const {
  check_size("weights", weights.size());
  for (std::size_t i = 0; i < parameters_.size(); ++i) {
    Random random(seed, Stream::initial_weights, static_cast<std::uint32_t>(i));
    const layers::Parameter& parameter = parameters_[i];
    const Span values = weights.subspan(parameter.offset, parameter.size());
    if (parameter.initializer) {
      parameter.initializer(parameter, random, values);
    } else {
      std::ranges::fill(values, Real{0});
    }
  }
}

std::string Model::summary() const {
  constexpr const char* row = "{:<26} {:<16} {:>12}\n";
  std::string table = fmt::format(fmt::runtime(row), "layer (type)", "output shape", "parameters");
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    table += fmt::format(
        fmt::runtime(row), fmt::format("{} ({})", layer_names_[i], type_of(options_.layers[i])),
        layers_[i].layer->output_shapes().front().to_string(), format_count(layers_[i].size));
  }
  return table + fmt::format(fmt::runtime(row), "total", "", format_count(parameter_count_));
}

}  // namespace tusk::graph
