// SPDX-License-Identifier: Apache-2.0
// What a graph will ask of layers: one called several times in a pass, and frozen ones.
#include <doctest/doctest.h>

#include <algorithm>
#include <vector>

#include "net/layers/make_layer.hpp"

using namespace tusk;

namespace {

constexpr std::size_t call_inputs = 5;
constexpr std::size_t call_outputs = 3;
constexpr std::size_t call_samples = 7;
constexpr std::size_t call_parameters = call_inputs * call_outputs + call_outputs;

std::vector<Real> noise(std::size_t count, std::uint32_t index) {
  Random random(3, Stream::shuffle, index);
  std::vector<Real> numbers(count);
  for (Real& x : numbers) x = static_cast<Real>(random.uniform(-1.0, 1.0));
  return numbers;
}

// Adds up the gradients of several calls.
class Sum final : public layers::GradientSink {
 public:
  Span room(std::size_t offset, std::size_t count, std::size_t) override {
    return Span(new_).subspan(offset, count);
  }
  void take(std::size_t offset, Span gradients) override {
    for (std::size_t i = 0; i < gradients.size(); ++i) total[offset + i] += gradients[i];
  }

  std::vector<Real> total = std::vector<Real>(call_parameters);

 private:
  std::vector<Real> new_ = std::vector<Real>(call_parameters);
};

// One call of a dense layer, forward and backward: the gradient with respect to its input.
std::vector<Real> call(const layers::Layer& layer, std::uint32_t index, layers::GradientSink& sink,
                       bool frozen = false) {
  static kernels::Team team(2);
  const layers::Pass pass{.team = team, .mode = layers::Mode::training, .frozen = frozen};
  const std::vector<Real> weights = noise(call_parameters, 0);
  const std::vector<Real> numbers = noise(call_inputs * call_samples, 2 * index + 1);
  std::vector<Real> gradient = noise(call_outputs * call_samples, 2 * index + 2);
  std::vector<Real> y(call_outputs * call_samples);
  std::vector<Real> input_gradient(call_inputs * call_samples);
  const ConstMatrix input(numbers.data(), call_inputs, call_samples);
  const Matrix output(y.data(), call_outputs, call_samples);
  const ConstMatrix computed = output;
  const Matrix dy(gradient.data(), call_outputs, call_samples);
  const Matrix dx(input_gradient.data(), call_inputs, call_samples);
  layer.forward({.pass = pass, .weights = weights, .inputs = {&input, 1}, .outputs = {&output, 1}});
  layer.backward({.pass = pass,
                  .weights = weights,
                  .inputs = {&input, 1},
                  .outputs = {&computed, 1},
                  .output_gradients = {&dy, 1},
                  .input_gradients = {&dx, 1},
                  .gradients = layers::LayerGradients(sink, 0)});
  return input_gradient;
}

std::unique_ptr<layers::Layer> dense() {
  const Shape shape{call_inputs};
  return layers::make_layer(DenseOptions{.units = call_outputs, .activation = Activation::tanh},
                            {&shape, 1}, "key");
}

}  // namespace

TEST_CASE("a sink that adds up gives a layer that is called twice the sum of its gradients") {
  const auto layer = dense();
  Sum first;
  Sum second;
  Sum both;
  call(*layer, 1, first);
  call(*layer, 2, second);
  call(*layer, 1, both);
  call(*layer, 2, both);
  for (std::size_t i = 0; i < call_parameters; ++i) {
    CHECK(both.total[i] == first.total[i] + second.total[i]);
  }
}

TEST_CASE("a frozen layer hands over nothing, and its input's gradient is the same") {
  const auto layer = dense();
  Sum trained;
  Sum frozen;
  CHECK(call(*layer, 1, frozen, true) == call(*layer, 1, trained));
  CHECK(std::ranges::all_of(frozen.total, [](Real x) { return x == Real{0}; }));
  CHECK(std::ranges::any_of(trained.total, [](Real x) { return x != Real{0}; }));
}

TEST_CASE("a layer of one input says so when it is given two") {
  const std::vector<Shape> two{Shape{3}, Shape{4}};
  CHECK_THROWS_WITH(layers::make_layer(FlattenOptions{}, two, "model.layers.1"),
                    "model.layers.1: it takes one input, but has 2");
}
