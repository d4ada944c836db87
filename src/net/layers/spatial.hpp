// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

#include "experiment/spatial_options.hpp"
#include "net/layers/layers.hpp"
#include "tusk/shape.hpp"

namespace tusk::layers {

// What layers over space or time have in common: a sample is (steps, channels) or (height, width,
// channels). Both are computed as images; those of one axis have one row.

// The number of rows or columns or of numbers that a layer may have.
inline constexpr std::size_t largest_size = std::size_t{1} << 40;

// The shape of a layer's one input, which has so many spatial axes. Error(bad_experiment) if not.
const Shape& spatial_input(Shapes inputs, std::size_t axes, const std::string& key);

// Error(bad_experiment) that begins with "key.name" unless there is one number, or one for each of
// the axes.
void require_axes(std::size_t numbers, std::size_t axes, const std::string& key, const char* name);

// An axis of an image under windows, which see `size` places, `dilation` apart, and move by stride.
struct WindowOptions {
  std::size_t size = 1;
  std::size_t stride = 1;
  std::size_t dilation = 1;
  TimePadding padding = TimePadding::valid;
};

struct WindowedAxis {
  std::size_t outputs = 1;
  std::size_t before = 0;  // how far the first window begins before the input
};

// Keras's arithmetic. Nothing fits if windows are larger than an input without padding: 0 outputs.
WindowedAxis windowed_axis(std::size_t input, const WindowOptions& options);

// Of a layer with as many spatial axes as there are entries. Error(bad_experiment) that names both
// shapes if a window is larger than the input.
std::vector<WindowedAxis> windowed_axes(const Shape& input,
                                        const std::vector<WindowOptions>& options,
                                        const std::string& key);

inline TimePadding to_time(Padding padding) {
  return padding == Padding::same ? TimePadding::same : TimePadding::valid;
}

// Error(bad_experiment) if the product of all is too large for a layer.
void require_size(const std::vector<std::size_t>& factors, const std::string& key);

}  // namespace tusk::layers
