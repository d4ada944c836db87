// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace tusk {

// Keras's activations of the same names, with Keras's constants.
enum class Activation { linear, relu, sigmoid, tanh, softmax, elu, selu, softplus, leaky_relu };

// Keras's initializers of the same names. Only the members that the kind uses may be given.
enum class InitializerKind {
  zeros,
  ones,
  constant,          // value
  uniform,           // minval, maxval (Keras's RandomUniform)
  normal,            // mean, stddev (RandomNormal)
  truncated_normal,  // mean, stddev
  glorot_uniform,
  glorot_normal,
  he_uniform,
  he_normal,
  lecun_uniform,
  lecun_normal,
};

struct InitializerOptions {
  InitializerKind kind = InitializerKind::zeros;
  double value = 0.0;
  double minval = -0.05;
  double maxval = 0.05;
  double mean = 0.0;
  double stddev = 0.05;
};

// y = activation(W x + b).
struct DenseOptions {
  static constexpr const char* type = "dense";
  std::size_t units = 0;
  Activation activation = Activation::linear;
  bool use_bias = true;
  InitializerOptions kernel_initializer{.kind = InitializerKind::glorot_uniform};
  InitializerOptions bias_initializer{.kind = InitializerKind::zeros};
};

// y = activation(x), a layer of its own (Keras's Activation).
struct ActivationOptions {
  static constexpr const char* type = "activation";
  Activation activation = Activation::linear;
};

// In training: each input is zero with probability `rate`, else scaled by 1/(1 − rate).
struct DropoutOptions {
  static constexpr const char* type = "dropout";
  double rate = 0.5;
};

// (a, b, …) → (a·b·…,)
struct FlattenOptions {
  static constexpr const char* type = "flatten";
};

// One entry of model.layers.
using LayerOptions = std::variant<DenseOptions, ActivationOptions, DropoutOptions, FlattenOptions>;

enum class LossKind { categorical_crossentropy, binary_crossentropy, mse, mae, huber };
enum class MetricKind { accuracy, mse, mae };

// The [model] table. Exactly one of `layers` and `file` is given.
struct ModelOptions {
  std::vector<LayerOptions> layers;
  std::optional<std::string> file;  // a Keras HDF5 model: its layers, and its weights to start from
  LossKind loss = LossKind::categorical_crossentropy;
  double huber_delta = 1.0;
  std::vector<MetricKind> metrics;
};

}  // namespace tusk
