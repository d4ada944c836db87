// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>

#include "experiment/initializer_options.hpp"
#include "experiment/spatial_options.hpp"
#include "tusk/activation.hpp"

namespace tusk {

// Keras's convolutions, channels last. Not both of strides and dilation_rate may be above 1.

// (steps, channels) → (steps', filters)
struct Conv1dOptions {
  static constexpr const char* type = "conv1d";
  std::size_t filters = 0;
  PerAxis kernel_size{};
  PerAxis strides{{1}};
  TimePadding padding = TimePadding::valid;
  PerAxis dilation_rate{{1}};
  std::size_t groups = 1;  // an output's channel sees the input's channels of its group
  Activation activation = Activation::linear;
  bool use_bias = true;
  InitializerOptions kernel_initializer{.kind = InitializerKind::glorot_uniform};
  InitializerOptions bias_initializer{.kind = InitializerKind::zeros};

  friend bool operator==(const Conv1dOptions&, const Conv1dOptions&) = default;
};

// (height, width, channels) → (height', width', filters)
struct Conv2dOptions {
  static constexpr const char* type = "conv2d";
  std::size_t filters = 0;
  PerAxis kernel_size{};
  PerAxis strides{{1}};
  Padding padding = Padding::valid;
  PerAxis dilation_rate{{1}};
  std::size_t groups = 1;
  Activation activation = Activation::linear;
  bool use_bias = true;
  InitializerOptions kernel_initializer{.kind = InitializerKind::glorot_uniform};
  InitializerOptions bias_initializer{.kind = InitializerKind::zeros};

  friend bool operator==(const Conv2dOptions&, const Conv2dOptions&) = default;
};

// Each channel by itself, depth_multiplier times: channel c becomes c·multiplier, c·multiplier + 1…
struct DepthwiseConv2dOptions {
  static constexpr const char* type = "depthwise_conv2d";
  PerAxis kernel_size{};
  PerAxis strides{{1}};
  Padding padding = Padding::valid;
  std::size_t depth_multiplier = 1;
  PerAxis dilation_rate{{1}};
  Activation activation = Activation::linear;
  bool use_bias = true;
  InitializerOptions depthwise_initializer{.kind = InitializerKind::glorot_uniform};
  InitializerOptions bias_initializer{.kind = InitializerKind::zeros};

  friend bool operator==(const DepthwiseConv2dOptions&, const DepthwiseConv2dOptions&) = default;
};

// What a convolution does to its output's gradient: it spreads an input over its strides.
struct Conv2dTransposeOptions {
  static constexpr const char* type = "conv2d_transpose";
  std::size_t filters = 0;
  PerAxis kernel_size{};
  PerAxis strides{{1}};
  Padding padding = Padding::valid;
  std::optional<PerAxis> output_padding;  // rows and columns more at the end than it had to be
  PerAxis dilation_rate{{1}};
  Activation activation = Activation::linear;
  bool use_bias = true;
  InitializerOptions kernel_initializer{.kind = InitializerKind::glorot_uniform};
  InitializerOptions bias_initializer{.kind = InitializerKind::zeros};

  friend bool operator==(const Conv2dTransposeOptions&, const Conv2dTransposeOptions&) = default;
};

}  // namespace tusk
