// SPDX-License-Identifier: Apache-2.0
// Every gradient of recurrent layers, with masks of gaps, against central differences.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "net/layers/layer_run.hpp"

using namespace tusk;
using test::LayerRun;
using test::Numbers;
static_assert(sizeof(Real) == 8, "central differences need the digits of double");

namespace {

constexpr std::size_t rnn_batch = 4;

// The largest difference of a gradient from its central difference, relative to it, or to a
// thousandth of the largest one.
double largest_error(LayerRun& run) {
  const Numbers factors = test::noise(run.outputs[0].size(), 8);
  run.forward();
  run.backward(factors);
  const auto objective = [&] {
    run.forward();
    double sum = 0.0;
    for (std::size_t i = 0; i < factors.size(); ++i) sum += factors[i] * run.outputs[0][i];
    return sum;
  };
  const auto error_of = [&](Numbers& values, const Numbers& gradients) {
    double largest = 0.0;
    for (const Real g : gradients) largest = std::max(largest, std::abs(g));
    REQUIRE(largest > 1e-3);
    double error = 0.0;
    for (std::size_t i = 0; i < values.size(); ++i) {
      constexpr double h = 1e-5;
      const Real value = values[i];
      values[i] = value + h;
      const double above = objective();
      values[i] = value - h;
      const double below = objective();
      values[i] = value;
      const double difference = std::abs((above - below) / (2.0 * h) - gradients[i]);
      error = std::max(error, difference / std::max(std::abs(gradients[i]), 1e-3 * largest));
    }
    return error;
  };
  const Numbers gradients = run.gradients;
  const Numbers input_gradient = run.input_gradient;
  return std::max(error_of(run.weights, gradients), error_of(run.inputs[0], input_gradient));
}

double error_of(const LayerOptions& options, bool masked) {
  std::vector<Shape> shapes{Shape{6, 3}};
  if (masked) shapes.push_back(Shape{6});
  LayerRun run(options, shapes, rnn_batch);
  if (masked) {
    run.inputs[1] = {1, 1, 0, 0, 1, 1,  //
                     0, 0, 1, 0, 1, 1,  //
                     1, 1, 1, 1, 0, 0,  //
                     0, 0, 0, 0, 0, 0};
  }
  return largest_error(run);
}

void check_all(auto options) {
  options.units = 5;
  for (int i = 0; i < 8; ++i) {
    CAPTURE(i);
    const bool masked = (i & 1) != 0;
    options.return_sequences = (i & 2) != 0;
    options.go_backwards = (i & 4) != 0;
    CHECK(error_of(options, masked) < 1e-6);
    for (const auto& [name, mode] : names_of(MergeMode{})) {
      CAPTURE(name);
      CHECK(error_of(BidirectionalOptions{.layer = InnerLayer({options}), .merge_mode = mode},
                     masked) < 1e-6);
    }
  }
  options.use_bias = false;
  CHECK(error_of(options, true) < 1e-6);
}

}  // namespace

TEST_CASE("gradients of gru, with reset_after and without") {
  check_all(GruOptions{});
  GruOptions old;
  old.reset_after = false;
  check_all(old);
}

TEST_CASE("gradients of lstm") { check_all(LstmOptions{}); }

TEST_CASE("gradients of recurrent layers with other activations") {
  for (const Activation activation :
       {Activation::linear, Activation::elu, Activation::softplus, Activation::hard_sigmoid}) {
    CAPTURE(name_of(activation));
    GruOptions gru;
    LstmOptions lstm;
    for (RecurrentOptions* options :
         {static_cast<RecurrentOptions*>(&gru), static_cast<RecurrentOptions*>(&lstm)}) {
      options->units = 4;
      options->cell_activation = activation;
      options->recurrent_activation = Activation::hard_sigmoid_keras2;
    }
    CHECK(error_of(gru, true) < 1e-6);
    gru.reset_after = false;
    CHECK(error_of(gru, true) < 1e-6);
    CHECK(error_of(lstm, true) < 1e-6);
  }
}

TEST_CASE("gradients of a layer at every step") {
  const DenseOptions dense{.units = 4, .activation = Activation::gelu};
  CHECK(error_of(TimeDistributedOptions{.layer = InnerLayer({dense})}, false) < 1e-6);
  LayerRun run(TimeDistributedOptions{.layer = InnerLayer({[] {
                                        LstmOptions lstm;
                                        lstm.units = 4;
                                        return lstm;
                                      }()})},
               {Shape{3, 5, 2}}, 2);
  CHECK(largest_error(run) < 1e-6);
}
