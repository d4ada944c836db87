// SPDX-License-Identifier: Apache-2.0
// Gradients of networks with branches, layers that are called again and several inputs and outputs
// against central differences.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "net/graph/model.hpp"
#include "tusk/random.hpp"

using namespace tusk;

namespace {

constexpr std::size_t samples = 3;
const layers::StepContext graph_step{.seed = 3, .worker = 1, .step = 2};

AlignedVector<Real> noise_of(std::size_t count, double low, double high, std::uint32_t index) {
  Random random(19, Stream::shuffle, index);
  AlignedVector<Real> values(count);
  for (Real& value : values) value = random.uniform(low, high);
  return values;
}

LayerEntry at(LayerEntry entry, std::string name, std::vector<std::string> inputs = {}) {
  entry.name = std::move(name);
  entry.inputs = std::move(inputs);
  return entry;
}

LayerEntry call_of(std::string use, std::vector<std::string> inputs = {}) {
  LayerEntry entry;
  entry.use = std::move(use);
  entry.inputs = std::move(inputs);
  return entry;
}

LayerEntry frozen(LayerEntry entry) {
  entry.trainable = false;
  return entry;
}

DenseOptions dense(std::size_t units, Activation activation = Activation::tanh) {
  return {.units = units, .activation = activation};
}

// The largest error of a component of the gradient, relative to the component or to a thousandth of
// the largest. Every output has targets of its own.
double error_of(const ModelOptions& options, const std::vector<Shape>& inputs) {
  const graph::Model model(options, inputs);
  graph::Workspace workspace = model.make_workspace(samples, true);
  std::vector<AlignedVector<Real>> data;
  std::vector<ConstMatrix> x;
  for (const graph::ModelInput& input : model.inputs()) {
    data.push_back(noise_of(input.shape.elements() * samples, -1.0, 1.0,
                            static_cast<std::uint32_t>(data.size() + 10)));
    x.emplace_back(data.back().data(), input.shape.elements(), samples);
  }
  std::vector<AlignedVector<Real>> truth;
  std::vector<Targets> targets;
  for (const graph::ModelOutput& output : model.outputs()) {
    truth.push_back(noise_of(output.shape.elements() * samples, 0.05, 0.95,
                             static_cast<std::uint32_t>(truth.size() + 50)));
    targets.push_back(
        {.classes = {}, .values = {truth.back().data(), output.shape.elements(), samples}});
  }
  AlignedVector<Real> weights = noise_of(model.parameter_count(), -0.8, 0.8, 2);
  AlignedVector<Real> gradients(model.trained_count());
  AlignedVector<Real> unused(model.trained_count());
  const auto loss = [&](Span its_gradients) {
    layers::WholeGradients whole(its_gradients);
    return model.train_step(weights, x, targets, whole, workspace, graph_step).loss();
  };
  loss(gradients);
  double largest = 0.0;
  for (const Real g : gradients) largest = std::max(largest, std::abs(g));
  REQUIRE(largest > 1e-4);
  double error = 0.0;
  for (std::size_t i = 0; i < gradients.size(); ++i) {
    constexpr double h = 1e-5;
    const Real weight = weights[i];
    weights[i] = weight + h;
    const double above = loss(unused);
    weights[i] = weight - h;
    const double below = loss(unused);
    weights[i] = weight;
    const double difference = std::abs((above - below) / (2.0 * h) - gradients[i]);
    error = std::max(error, difference / std::max(std::abs(gradients[i]), 1e-3 * largest));
  }
  return error;
}

ModelOptions network_of(std::vector<LayerEntry> layers, std::vector<OutputOptions> outputs = {}) {
  ModelOptions options;
  options.layers = std::move(layers);
  options.outputs = std::move(outputs);
  options.loss = LossKind::mse;
  return options;
}

}  // namespace

TEST_CASE("a value that several layers read") {
  CHECK(error_of(
            network_of({at(dense(5), "a"), at(dense(5), "b"), at(AddOptions{}, "sum", {"a", "b"}),
                        dense(5), at(AddOptions{}, "more", {"sum", "dense", "a"}), dense(2)}),
            {{4}}) < 1e-6);
}

TEST_CASE("merges of every kind, of two inputs and of three, and of one twice") {
  const std::vector<LayerEntry> merges{AddOptions{}, MultiplyOptions{}, AverageOptions{},
                                       ConcatenateOptions{}, SubtractOptions{}};
  for (const LayerEntry& merge : merges) {
    CAPTURE(type_of(merge));
    std::vector<std::vector<std::string>> readings{{"a", "b"}, {"a", "a"}, {"drop", "a"}};
    if (type_of(merge) != "subtract") {
      readings.insert(readings.end(),
                      {{"a", "b", "a"}, {"a", "a", "drop", "b"}, {"flat", "b", "a"}});
    }
    for (const auto& reading : readings) {
      for (const bool passed_on : {false, true}) {
        std::vector<LayerEntry> layers{
            at(dense(5), "a"), at(dense(5, Activation::sigmoid), "b", {"input"}),
            at(DropoutOptions{.rate = 0.3}, "drop", {"b"}), at(FlattenOptions{}, "flat", {"a"}),
            at(merge, "merged", reading)};
        // What else reads them, behind the merge and so before it on the way back.
        layers.push_back(passed_on ? at(ActivationOptions{Activation::tanh}, "on") : dense(3));
        layers.push_back(
            at(ConcatenateOptions{}, "all",
               {layers.back().name.empty() ? "dense" : "on", "a", "b", "drop", "flat"}));
        layers.push_back(dense(2));
        CHECK(error_of(network_of(layers), {{4}}) < 1e-6);
      }
    }
  }
}

TEST_CASE("a layer that is called several times") {
  CHECK(error_of(network_of({at(dense(4), "tower"), at(call_of("tower"), "twice"),
                             at(call_of("tower"), "thrice"),
                             at(AddOptions{}, "sum", {"tower", "twice", "thrice"}), dense(2)}),
                 {{4}}) < 1e-6);
  ModelOptions siamese =
      network_of({at(dense(6), "tower", {"left"}), call_of("tower", {"right"}),
                  at(SubtractOptions{}, "apart", {"tower", "tower:1"}), dense(2)});
  siamese.inputs = {{"left", {4}}, {"right", {4}}};
  CHECK(error_of(siamese, {}) < 1e-6);
}

TEST_CASE("several inputs and outputs, with weights of their losses") {
  ModelOptions options = network_of(
      {at(FlattenOptions{}, "flat", {"jets"}), at(dense(5), "a"), at(dense(4), "b", {"event"}),
       at(ConcatenateOptions{}, "both", {"a", "b"}),
       at(dense(3, Activation::softmax), "kind", {"both"}), at(dense(2), "value", {"both"}),
       at(dense(1, Activation::sigmoid), "is", {"value"})},
      {{.name = "kind", .loss = LossKind::categorical_crossentropy, .loss_weight = 0.7},
       {.name = "value", .loss = LossKind::mae, .loss_weight = 2.0},
       {.name = "both"},
       {.name = "is", .loss = LossKind::binary_crossentropy, .loss_weight = 0.3}});
  options.inputs = {{"jets", {3, 2}}, {"event", {4}}};
  CHECK(error_of(options, {}) < 1e-6);
  options.outputs[0].loss_weight = 0.0;
  CHECK(error_of(options, {}) < 1e-6);
}

TEST_CASE("an output that is the same value as another, in another shape") {
  CHECK(error_of(
            network_of({at(dense(3), "a"), at(FlattenOptions{}, "flat"), at(dense(2), "b")},
                       {{.name = "flat"}, {.name = "a", .loss = LossKind::huber}, {.name = "b"}}),
            {{4}}) < 1e-6);
}

TEST_CASE("frozen layers, before, between and beside those that are trained") {
  CHECK(error_of(network_of({frozen(at(dense(5), "a")), at(dense(4), "b"),
                             frozen(at(dense(4), "c")), frozen(at(dense(4), "d", {"a"})),
                             at(MultiplyOptions{}, "e", {"c", "d", "b"}), dense(2)}),
                 {{4}}) < 1e-6);
}

TEST_CASE("merges that repeat an input along an axis") {
  // (4,) with (1,): a gate that every feature gets.
  for (const LayerEntry& merge : {LayerEntry(MultiplyOptions{}), LayerEntry(AddOptions{}),
                                  LayerEntry(AverageOptions{}), LayerEntry(SubtractOptions{})}) {
    for (const auto& [first, second] : {std::pair("x", "gate"), std::pair("gate", "x")}) {
      CAPTURE(type_of(merge));
      CHECK(error_of(network_of({at(dense(4), "x"), at(dense(1), "gate", {"x"}),
                                 at(merge, "gated", {first, second}),
                                 at(AddOptions{}, "sum", {"gated", "x"}), dense(2)}),
                     {{4}}) < 1e-6);
    }
  }
}
