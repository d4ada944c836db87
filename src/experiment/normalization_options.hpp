// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "experiment/initializer_options.hpp"

namespace tusk {

// Axes as Keras counts them: 0 is the batch, 1 a sample's first; −1 its last.
struct AxesOptions {
  std::vector<std::int64_t> values{-1};

  friend bool operator==(const AxesOptions&, const AxesOptions&) = default;
};

// y = γ (x − mean)/√(variance + ε) + β for each channel of the axis: in training with the batch's
// mean and biased variance, which move the moving ones, and otherwise with those.
struct BatchNormalizationOptions {
  static constexpr const char* type = "batch_normalization";
  AxesOptions axis{};      // one
  double momentum = 0.99;  // the share of a moving statistic that a batch leaves
  double epsilon = 1e-3;
  bool center = true;  // has β
  bool scale = true;   // has γ
  InitializerOptions beta_initializer{.kind = InitializerKind::zeros};
  InitializerOptions gamma_initializer{.kind = InitializerKind::ones};
  InitializerOptions moving_mean_initializer{.kind = InitializerKind::zeros};
  InitializerOptions moving_variance_initializer{.kind = InitializerKind::ones};

  friend bool operator==(const BatchNormalizationOptions&,
                         const BatchNormalizationOptions&) = default;
};

// y = γ (x − mean)/√(variance + ε) + β with mean and biased variance of a sample's numbers along
// the axes, which are its last ones; γ and β have a number for each of those.
struct LayerNormalizationOptions {
  static constexpr const char* type = "layer_normalization";
  AxesOptions axis{};
  double epsilon = 1e-3;
  bool center = true;
  bool scale = true;
  InitializerOptions beta_initializer{.kind = InitializerKind::zeros};
  InitializerOptions gamma_initializer{.kind = InitializerKind::ones};

  friend bool operator==(const LayerNormalizationOptions&,
                         const LayerNormalizationOptions&) = default;
};

// y = (x − mean)/max(√variance, 1e-7) for each channel of the axis. Without mean and variance they
// are arrays of the layer, which training leaves as they are in the model file.
struct NormalizationOptions {
  static constexpr const char* type = "normalization";
  AxesOptions axis{};                           // one
  std::optional<std::vector<double>> mean;      // one number, or one for each channel
  std::optional<std::vector<double>> variance;  // the same
  bool invert = false;                          // y = mean + x max(√variance, 1e-7)

  friend bool operator==(const NormalizationOptions&, const NormalizationOptions&) = default;
};

// y = x · scale + offset.
struct RescalingOptions {
  static constexpr const char* type = "rescaling";
  double scale = 1.0;
  double offset = 0.0;

  friend bool operator==(const RescalingOptions&, const RescalingOptions&) = default;
};

}  // namespace tusk
