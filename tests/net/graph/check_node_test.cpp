// SPDX-License-Identifier: Apache-2.0
#include "net/graph/check_node.hpp"

#include <doctest/doctest.h>

#include "check_fails.hpp"

using namespace tusk;
using layers::InputGradient;

namespace {

// A layer that says this of itself and computes nothing.
struct Said final : layers::Layer {
  std::vector<Shape> outputs = {Shape{3}};
  layers::LayerMemory said = {};

  std::vector<Shape> output_shapes() const override { return outputs; }
  layers::LayerMemory memory(layers::Mode) const override { return said; }
  void forward(const layers::Forward&) const override {}
  void backward(const layers::Backward&) const override {}
};

constexpr const char* key = "model.layers.2";

// As a node that reads a value of three numbers, and perhaps one of five.
void check(const Said& layer, const std::vector<std::size_t>& inputs = {0}) {
  const std::vector<graph::GraphValue> values{{.name = "a", .shape = {3}},
                                              {.name = "b", .shape = {5}}};
  graph::require_sound(layer, inputs, values, key);
}

}  // namespace

TEST_CASE("a gradient or output that lies in the input's memory is as large as the input") {
  Said layer;
  layer.outputs = {Shape{4}};
  CHECK_NOTHROW(check(layer));
  for (const InputGradient gradient : {InputGradient::in_place, InputGradient::same}) {
    layer.said = {.gradients = {gradient}};
    CHECK_FAILS(check(layer), ExitCode::internal, "model.layers.2: its output (4,)");
  }
  layer.said = {.views = {0}};
  CHECK_FAILS(check(layer), ExitCode::internal, "model.layers.2: its output (4,)");
  layer.outputs = {Shape{3, 1}};
  CHECK_NOTHROW(check(layer));
  layer.said = {.views = {1}};
  CHECK_FAILS(check(layer), ExitCode::internal, "its input that is not there");
  layer.outputs = {Shape{5}};
  CHECK_NOTHROW(check(layer, {0, 1}));
}

TEST_CASE("one gradient at most is made in the place of another") {
  Said layer;
  layer.said = {.gradients = {InputGradient::in_place, InputGradient::in_place}};
  CHECK_FAILS(check(layer, {0, 0}), ExitCode::internal, "it makes 2 gradients in the place of one");
  layer.said = {.gradients = {InputGradient::in_place, InputGradient::same}};
  CHECK_NOTHROW(check(layer, {0, 0}));
}

TEST_CASE("an input without a gradient is no way to layers that are trained") {
  Said layer;
  layer.said = {.gradients = {InputGradient::none}};
  CHECK_FAILS(graph::require_gradient(layer, 0, key), ExitCode::bad_experiment,
              "model.layers.2: it gives its input no");
  CHECK_NOTHROW(graph::require_gradient(layer, 1, key));
  layer.said.views = {0};
  CHECK_NOTHROW(graph::require_gradient(layer, 0, key));
}

TEST_CASE("arrays of one role are frozen together") {
  std::vector<layers::Parameter> arrays{
      {.name = "gamma", .shape = {3}, .frozen = true},
      {.name = "mean", .shape = {3}, .role = layers::Role::statistic}};
  CHECK(graph::require_one_kind(arrays, layers::Role::trained, key));
  CHECK_FALSE(graph::require_one_kind(arrays, layers::Role::statistic, key));
  arrays.push_back({.name = "beta", .shape = {3}});
  CHECK_FAILS(graph::require_one_kind(arrays, layers::Role::trained, key), ExitCode::internal,
              "model.layers.2: some of its arrays");
}

TEST_CASE("a layer that is called again has the same arrays") {
  const std::vector<layers::Parameter> first{{.name = "kernel", .shape = {3, 4}}};
  CHECK_NOTHROW(graph::require_same_arrays(first, first, key, "tower"));
  CHECK_FAILS(
      graph::require_same_arrays(first, {{.name = "kernel", .shape = {5, 4}}}, key, "tower"),
      ExitCode::bad_experiment,
      "model.layers.2: the kernel of layer 'tower' has shape (3, 4), but for the inputs of "
      "this call it would need (5, 4)");
  CHECK_FAILS(graph::require_same_arrays(first, {}, key, "tower"), ExitCode::bad_experiment,
              "'tower' has 1 arrays");
}
