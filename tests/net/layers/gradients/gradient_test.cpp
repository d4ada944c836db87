// SPDX-License-Identifier: Apache-2.0
#include "gradient_error.hpp"

using namespace tusk;

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
