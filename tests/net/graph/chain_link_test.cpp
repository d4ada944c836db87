// SPDX-License-Identifier: Apache-2.0
#include "net/graph/chain_link.hpp"

#include <doctest/doctest.h>

#include "check_fails.hpp"

using namespace tusk;
using layers::InputGradient;

namespace {

// A layer that says this of itself and computes nothing.
struct Said final : layers::Layer {
  std::vector<Shape> outputs = {Shape{3}};
  layers::LayerMemory said = {};
  std::vector<layers::Parameter> arrays = {};

  std::vector<Shape> output_shapes() const override { return outputs; }
  layers::LayerMemory memory(layers::Mode) const override { return said; }
  std::vector<layers::Parameter> parameters() const override { return arrays; }
  void forward(const layers::Forward&) const override {}
  void backward(const layers::Backward&) const override {}
};

void link(const Said& layer, bool is_wanted = true) {
  graph::require_link(layer, Shape{3}, is_wanted, "model.layers.2");
}

}  // namespace

TEST_CASE("a chain refuses in one line what it cannot compute with") {
  Said layer;
  CHECK_NOTHROW(link(layer));

  layer.outputs = {Shape{3}, Shape{1}};
  CHECK_FAILS(link(layer), ExitCode::bad_experiment, "model.layers.2: it has 2 outputs");
  layer.outputs = {Shape{3}};

  layer.arrays = {{.name = "gamma", .shape = {3}},
                  {.name = "moving_mean", .shape = {3}, .role = layers::Role::statistic}};
  CHECK_FAILS(link(layer), ExitCode::bad_experiment,
              "model.layers.2: 'moving_mean' is a moving statistic");
  layer.arrays = {{.name = "gamma", .shape = {3}, .frozen = true}};
  CHECK_FAILS(link(layer), ExitCode::bad_experiment, "model.layers.2: 'gamma' is frozen");
  layer.arrays.clear();

  layer.said = {.gradients = {InputGradient::none}};
  CHECK_NOTHROW(link(layer, false));
  CHECK_FAILS(link(layer), ExitCode::bad_experiment, "model.layers.2: it gives its input no");
}

TEST_CASE("a gradient or output that lies in the input's memory is as large as the input") {
  Said layer;
  layer.outputs = {Shape{4}};
  CHECK_NOTHROW(link(layer));
  for (const InputGradient gradient : {InputGradient::in_place, InputGradient::same}) {
    layer.said = {.gradients = {gradient}};
    CHECK_FAILS(link(layer), ExitCode::internal, "model.layers.2: its output (4,)");
  }
  layer.said = {.views = {0}};
  CHECK_FAILS(link(layer), ExitCode::internal, "model.layers.2: its output (4,)");
  layer.outputs = {Shape{3, 1}};
  CHECK_NOTHROW(link(layer));
}
