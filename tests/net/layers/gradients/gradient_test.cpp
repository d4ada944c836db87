// SPDX-License-Identifier: Apache-2.0
// Every gradient against central differences, in double precision.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "net/graph/model.hpp"
#include "tusk/random.hpp"

using namespace tusk;
static_assert(sizeof(Real) == 8, "central differences need the digits of double");

namespace {

constexpr std::size_t batch = 5;
const layers::StepContext step{.seed = 3, .worker = 1, .step = 2};

AlignedVector<Real> random_values(std::size_t count, double low, double high, std::uint32_t index) {
  Random random(17, Stream::shuffle, index);
  AlignedVector<Real> values(count);
  for (Real& value : values) value = random.uniform(low, high);
  return values;
}

// The largest error of a component of the analytic gradient, relative to the component, or to a
// thousandth of the largest one where it is smaller than that.
double gradient_error(const ModelOptions& options, const Shape& input, const Targets& targets) {
  const graph::Model model(options, input);
  graph::Workspace workspace = model.make_workspace(batch, true);
  const AlignedVector<Real> data = random_values(model.input_size() * batch, -1.0, 1.0, 1);
  const ConstMatrix x(data.data(), model.input_size(), batch);
  AlignedVector<Real> weights = random_values(model.parameter_count(), -0.8, 0.8, 2);
  AlignedVector<Real> gradients(weights.size());
  AlignedVector<Real> unused(weights.size());
  model.train_step(weights, x, targets, gradients, workspace, step);

  const auto loss = [&] {
    return model.train_step(weights, x, targets, unused, workspace, step).loss();
  };
  double largest = 0.0;
  for (const Real g : gradients) largest = std::max(largest, std::abs(g));
  REQUIRE(largest > 1e-4);
  double error = 0.0;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    constexpr double h = 1e-5;
    const Real weight = weights[i];
    weights[i] = weight + h;
    const double above = loss();
    weights[i] = weight - h;
    const double below = loss();
    weights[i] = weight;
    const double difference = std::abs((above - below) / (2.0 * h) - gradients[i]);
    error = std::max(error, difference / std::max(std::abs(gradients[i]), 1e-3 * largest));
  }
  return error;
}

// Targets of three outputs in (0, 1); they do not add up to 1.
double error_with_values(const ModelOptions& options, const Shape& input = {4}) {
  const AlignedVector<Real> values = random_values(3 * batch, 0.05, 0.95, 3);
  return gradient_error(options, input, {.classes = {}, .values = {values.data(), 3, batch}});
}

double error_with_classes(const ModelOptions& options) {
  const std::vector<std::int32_t> classes{2, 0, 1, 1, 2};
  return gradient_error(options, {4}, {.classes = classes, .values = {}});
}

ModelOptions network(std::vector<LayerEntry> layers, LossKind loss) {
  ModelOptions options;
  options.layers = std::move(layers);
  options.loss = loss;
  return options;
}

}  // namespace

TEST_CASE("every activation, in dense layers and as a layer of its own") {
  for (const auto& [name, activation] : names_of(Activation{})) {
    CAPTURE(name);
    CHECK(error_with_values(network({DenseOptions{.units = 6, .activation = activation},
                                     DenseOptions{.units = 3, .activation = activation}},
                                    LossKind::mse)) < 1e-6);
    CHECK(error_with_values(network({DenseOptions{.units = 6}, ActivationOptions{activation},
                                     DenseOptions{.units = 3, .use_bias = false}},
                                    LossKind::mse)) < 1e-6);
  }
}

TEST_CASE("dense layers along the last axis of several") {
  for (const Activation activation : {Activation::tanh, Activation::softmax, Activation::gelu}) {
    CAPTURE(name_of(activation));
    CHECK(error_with_values(
              network({DenseOptions{.units = 5, .activation = activation},
                       ActivationOptions{activation}, FlattenOptions{}, DenseOptions{.units = 3}},
                      LossKind::mse),
              {2, 3, 4}) < 1e-6);
  }
}

TEST_CASE("layers that are activations, with their options") {
  const std::vector<LayerEntry> layers{
      ReluOptions{},
      ReluOptions{.max_value = 0.4, .negative_slope = 0.2, .threshold = 0.1},
      LeakyReluOptions{},
      PreluOptions{},
      PreluOptions{.shared_axes = {1}},
      PreluOptions{.shared_axes = {2}},
      PreluOptions{.shared_axes = {1, 3}},
      EluOptions{.alpha = 0.7},
      SoftmaxOptions{},
      SoftmaxOptions{.axis = 1},
      SoftmaxOptions{.axis = -2},
  };
  for (std::size_t i = 0; i < layers.size(); ++i) {
    CAPTURE(i);
    CHECK(error_with_values(network({DenseOptions{.units = 5}, layers[i], DenseOptions{.units = 2},
                                     FlattenOptions{}, DenseOptions{.units = 3}},
                                    LossKind::mse),
                            {2, 3, 4}) < 1e-6);
  }
}

TEST_CASE("layers that give a sample another shape") {
  CHECK(error_with_values(
            network({DenseOptions{.units = 6}, ReshapeOptions{.target_shape = {4, -1, 3}},
                     DenseOptions{.units = 5}, PermuteOptions{.dims = {3, 1, 2}},
                     DenseOptions{.units = 2}, PermuteOptions{.dims = {2, 1, 3}}, FlattenOptions{},
                     DenseOptions{.units = 4}, RepeatVectorOptions{.n = 3},
                     DenseOptions{.units = 5}, FlattenOptions{}, DenseOptions{.units = 3}},
                    LossKind::mse),
            {2, 3, 4}) < 1e-6);
}

TEST_CASE("every loss on linear outputs") {
  for (const LossKind loss : {LossKind::mse, LossKind::mae, LossKind::huber}) {
    ModelOptions options = network({DenseOptions{.units = 3}}, loss);
    options.huber_delta = 0.4;  // errors on both sides of it
    CAPTURE(name_of(loss));
    CHECK(error_with_values(options) < 1e-6);
  }
}

TEST_CASE("cross-entropies, fused with the last activation and not") {
  for (const Activation activation : {Activation::softmax, Activation::sigmoid}) {
    const std::vector<LayerEntry> dense{DenseOptions{.units = 5, .activation = Activation::tanh},
                                        DenseOptions{.units = 3, .activation = activation}};
    std::vector<LayerEntry> layer{dense[0], DenseOptions{.units = 3},
                                  ActivationOptions{activation}};
    for (const auto& layers : {dense, layer}) {
      CAPTURE(name_of(activation));
      CHECK(error_with_values(network(layers, LossKind::categorical_crossentropy)) < 1e-6);
      CHECK(error_with_classes(network(layers, LossKind::categorical_crossentropy)) < 1e-6);
      CHECK(error_with_values(network(layers, LossKind::binary_crossentropy)) < 1e-6);
    }
  }
}

TEST_CASE("dropout and flatten, in every place") {
  const std::vector<LayerEntry> layers{DropoutOptions{.rate = 0.2},
                                       FlattenOptions{},
                                       DenseOptions{.units = 7, .activation = Activation::sigmoid},
                                       DropoutOptions{.rate = 0.4},
                                       FlattenOptions{},
                                       DenseOptions{.units = 3, .activation = Activation::tanh},
                                       DropoutOptions{.rate = 0.3}};
  CHECK(error_with_values(network(layers, LossKind::mse), {2, 3}) < 1e-6);
}
