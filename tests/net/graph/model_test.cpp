// SPDX-License-Identifier: Apache-2.0
#include "net/graph/model.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "network.hpp"
#include "tusk/error.hpp"

using namespace tusk;
using graph::Network;
using graph::network_options;

namespace {

const std::vector<LayerEntry> classifier{
    FlattenOptions{}, DenseOptions{.units = 17, .activation = Activation::relu},
    DropoutOptions{.rate = 0.3}, DenseOptions{.units = 9, .activation = Activation::tanh},
    DenseOptions{.units = 3, .activation = Activation::softmax}};
const std::vector<std::int32_t> labels{0, 2, 1, 1, 0, 2, 2, 1};

ModelOptions classifier_options() {
  return network_options(classifier, LossKind::categorical_crossentropy, {MetricKind::accuracy});
}

Targets classes(std::size_t samples) {
  return {.classes = std::span(labels).first(samples), .values = {}};
}

std::string message_of(const ModelOptions& options, const Shape& input) {
  try {
    const graph::Model model(options, input);
  } catch (const Error& error) {
    CHECK(error.code() == ExitCode::bad_experiment);
    return error.what();
  }
  return "no error";
}

}  // namespace

TEST_CASE("parameters lie without gaps, layer by layer, in Keras's shapes") {
  const graph::Model model(classifier_options(), {4, 3});
  std::size_t offset = 0;
  std::vector<std::string> names;
  for (const layers::Parameter& parameter : model.parameters()) {
    CHECK(parameter.offset == offset);
    offset += parameter.size();
    names.push_back(parameter.layer + "/" + parameter.name + parameter.shape.to_string());
  }
  CHECK(offset == model.parameter_count());
  CHECK(names == std::vector<std::string>{"dense/kernel(12, 17)", "dense/bias(17,)",
                                          "dense_1/kernel(17, 9)", "dense_1/bias(9,)",
                                          "dense_2/kernel(9, 3)", "dense_2/bias(3,)"});
  CHECK(model.layer_names() ==
        std::vector<std::string>{"flatten", "dense", "dropout", "dense_1", "dense_2"});
  CHECK(model.input_shape() == Shape{4, 3});
  CHECK(model.output_shape() == Shape{3});
  CHECK(model.metric_names() == std::vector<std::string>{"accuracy"});
}

TEST_CASE("the summary names layers, shapes and numbers of parameters") {
  const std::string summary =
      graph::Model(
          network_options({DenseOptions{.units = 1000}, DenseOptions{.units = 1}}, LossKind::mse),
          {784})
          .summary();
  for (const char* part : {"dense_1 (dense)", "(1000,)", "785,000", "1,001", "786,001"}) {
    CAPTURE(part);
    CHECK(summary.find(part) != std::string::npos);
  }
}

TEST_CASE("arrays are drawn independently of each other and reproducibly") {
  const graph::Model model(
      network_options({DenseOptions{.units = 8, .use_bias = false}, DenseOptions{.units = 8}},
                      LossKind::mse),
      {8});
  AlignedVector<float> a(model.parameter_count());
  AlignedVector<float> b(model.parameter_count());
  model.initialize(a, 7);
  model.initialize(b, 7);
  CHECK(a == b);
  model.initialize(b, 8);
  CHECK(a != b);
  CHECK_FALSE(std::equal(a.begin(), a.begin() + 64, a.begin() + 64));
  CHECK(std::count(a.end() - 8, a.end(), 0.0F) == 8);  // the bias
}

TEST_CASE("dense layers compute activation(W x + b) with Keras's kernel (in, out)") {
  Network n(
      network_options({DenseOptions{.units = 2, .activation = Activation::relu}}, LossKind::mse),
      {3}, 1);
  n.weights = {1, -1, 2, 0.5F, 0, 3, /* bias */ 10, -20};
  n.data = {1, 2, 3};
  const ConstMatrix y = n.model.predict(n.weights, n.x(1), n.workspace);
  CHECK(y(0, 0) == 1 * 1 + 2 * 2 + 3 * 0 + 10);
  CHECK(y(1, 0) == 0);  // −1 + 1 + 9 − 20 < 0
}

TEST_CASE("predictions have the last activation applied whether a loss takes it over or not") {
  for (const LossKind loss : {LossKind::categorical_crossentropy, LossKind::mse}) {
    Network n(network_options(classifier, loss), {12}, 5);
    const ConstMatrix y = n.model.predict(n.weights, n.x(5), n.workspace);
    for (std::size_t sample = 0; sample < 5; ++sample) {
      double sum = 0;
      for (const float p : y.col(sample)) sum += p;
      CHECK(sum == doctest::Approx(1.0));
    }
  }
}

TEST_CASE("a smaller batch in a larger workspace gives what it gives in one of its own") {
  for (std::size_t samples = 1; samples < 8; ++samples) {
    Network large(classifier_options(), {12}, 8);
    Network own(classifier_options(), {12}, samples);
    const layers::StepContext step{.seed = 1, .worker = 0, .step = 4};
    large.model.train_step(large.weights, large.x(8), classes(8), large.gradients, large.workspace,
                           step);  // leaves traces
    const auto a = large.model.train_step(large.weights, large.x(samples), classes(samples),
                                          large.gradients, large.workspace, step);
    const auto b = own.model.train_step(own.weights, own.x(samples), classes(samples),
                                        own.gradients, own.workspace, step);
    CHECK(a.samples == samples);
    CHECK(a.loss_sum == b.loss_sum);
    CHECK(large.gradients == own.gradients);
  }
}

TEST_CASE("a batch's gradient is the mean of its samples' gradients, and its score their sum") {
  auto options = classifier_options();
  std::erase_if(options.layers,
                [](const auto& layer) { return std::holds_alternative<DropoutOptions>(layer); });
  Network whole(options, {12}, 8);
  const auto score = whole.model.train_step(whole.weights, whole.x(8), classes(8), whole.gradients,
                                            whole.workspace, {});
  Network single(options, {12}, 1);
  BatchScore sum;
  std::vector<double> mean(whole.gradients.size());
  for (std::size_t i = 0; i < 8; ++i) {
    const ConstMatrix x(whole.data.data() + i * 12, 12, 1);
    const Targets label{.classes = std::span(labels).subspan(i, 1), .values = {}};
    sum +=
        single.model.train_step(single.weights, x, label, single.gradients, single.workspace, {});
    for (std::size_t k = 0; k < mean.size(); ++k) mean[k] += single.gradients[k] / 8.0;
  }
  CHECK(sum.samples == 8);
  CHECK(score.loss() == doctest::Approx(sum.loss()));
  CHECK(score.metric(0) == sum.metric(0));
  for (std::size_t k = 0; k < mean.size(); ++k) {
    CHECK(std::abs(mean[k] - whole.gradients[k]) < 1e-6);
  }
}

TEST_CASE("something else gets a turn after each layer, and changes nothing") {
  Network alone(classifier_options(), {12}, 8);
  Network disturbed(classifier_options(), {12}, 8);
  std::size_t turns = 0;
  const std::function<void()> between_layers = [&] { ++turns; };
  const auto a = alone.model.train_step(alone.weights, alone.x(8), classes(8), alone.gradients,
                                        alone.workspace, {});
  const auto b =
      disturbed.model.train_step(disturbed.weights, disturbed.x(8), classes(8), disturbed.gradients,
                                 disturbed.workspace, {.between_layers = &between_layers});
  CHECK(turns == 2 * classifier_options().layers.size() - 1);  // nothing goes back to the first
  CHECK(a.loss_sum == b.loss_sum);
  CHECK(alone.gradients == disturbed.gradients);
}

TEST_CASE("evaluation is without dropout and repeats exactly") {
  Network n(classifier_options(), {12}, 8);
  graph::Workspace inference = n.model.make_workspace(8, false);
  const auto a = n.model.evaluate(n.weights, n.x(8), classes(8), n.workspace);
  const auto b = n.model.evaluate(n.weights, n.x(8), classes(8), inference);
  const auto c = n.model.train_step(n.weights, n.x(8), classes(8), n.gradients, n.workspace, {});
  CHECK(a.loss_sum == b.loss_sum);
  CHECK(a.loss_sum != c.loss_sum);
  CHECK_THROWS_AS(n.model.train_step(n.weights, n.x(8), classes(8), n.gradients, inference, {}),
                  Error);
}

TEST_CASE("a small network learns XOR") {
  Network n(network_options({DenseOptions{.units = 8, .activation = Activation::tanh},
                             DenseOptions{.units = 1, .activation = Activation::sigmoid}},
                            LossKind::binary_crossentropy, {MetricKind::accuracy}),
            {2}, 4);
  n.data = {0, 0, 0, 1, 1, 0, 1, 1};
  const std::vector<float> truth{0, 1, 1, 0};
  const Targets targets{.classes = {}, .values = {truth.data(), 1, 4}};
  for (int step = 0; step < 2000; ++step) {
    n.model.train_step(n.weights, n.x(4), targets, n.gradients, n.workspace, {});
    for (std::size_t i = 0; i < n.weights.size(); ++i) n.weights[i] -= 0.5F * n.gradients[i];
  }
  const auto score = n.model.evaluate(n.weights, n.x(4), targets, n.workspace);
  CHECK(score.metric(0) == 1.0);
  CHECK(score.loss() < 0.05);
}

TEST_CASE("models that cannot be are refused with the key and the remedy") {
  const LossKind mse = LossKind::mse;
  const auto contains = [](const std::string& message, const char* part) {
    CAPTURE(message);
    CHECK(message.find(part) != std::string::npos);
  };
  contains(message_of(network_options({}, mse), {3}), "model.layers must have");
  contains(message_of(network_options({FlattenOptions{}}, mse), {3}), "weights to train");
  contains(message_of(network_options({FlattenOptions{}, DenseOptions{.units = 0}}, mse), {3}),
           "model.layers.1.units");
  contains(message_of(network_options({DenseOptions{.units = 2}}, mse), {28, 28}), "flatten");
  contains(message_of(network_options({DenseOptions{.units = std::size_t{1} << 60}}, mse), {3}),
           "model.layers.0");
  contains(
      message_of(network_options({DenseOptions{.units = 1}}, LossKind::categorical_crossentropy),
                 {3}),
      "binary_crossentropy");
  contains(message_of(
               network_options({DenseOptions{.units = 2}}, mse, {MetricKind::mae, MetricKind::mae}),
               {3}),
           "'mae' twice");
  ModelOptions huber = network_options({DenseOptions{.units = 2}}, LossKind::huber);
  huber.huber_delta = 0.0;
  contains(message_of(huber, {3}), "model.huber_delta");
}

TEST_CASE("targets of the wrong width are an error about the data") {
  const graph::Model model(network_options({DenseOptions{.units = 2}}, LossKind::mse), {3});
  const std::vector<float> values(3);
  CHECK_NOTHROW(model.check_targets({.classes = {}, .values = {values.data(), 2, 1}}));
  CHECK_THROWS_WITH_AS(model.check_targets({.classes = {}, .values = {values.data(), 3, 1}}),
                       doctest::Contains("3 values a sample, but the model has 2 outputs"), Error);
}
