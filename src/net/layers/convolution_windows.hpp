// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "net/kernels/convolution.hpp"
#include "net/layers/spatial.hpp"
#include "tusk/error.hpp"

namespace tusk::layers {

// The windows of a convolution's options, an entry an axis. Error(bad_experiment) for what cannot
// be.
inline std::vector<WindowOptions> convolution_windows(const auto& o, std::size_t axes,
                                                      TimePadding padding, const std::string& key) {
  require_axes(o.kernel_size.values.size(), axes, key, "kernel_size");
  require_axes(o.strides.values.size(), axes, key, "strides");
  require_axes(o.dilation_rate.values.size(), axes, key, "dilation_rate");
  std::vector<WindowOptions> windows;
  bool strides = false;
  bool dilates = false;
  for (std::size_t axis = 0; axis < axes; ++axis) {
    windows.push_back({.size = o.kernel_size[axis],
                       .stride = o.strides[axis],
                       .dilation = o.dilation_rate[axis],
                       .padding = padding});
    strides = strides || o.strides[axis] > 1;
    dilates = dilates || o.dilation_rate[axis] > 1;
  }
  if (strides && dilates) {
    fail(ExitCode::bad_experiment,
         "{}: strides and dilation_rate are both above 1; a convolution can have one of them", key);
  }
  return windows;
}

inline kernels::ConvolutionAxis convolution_axis(std::size_t large, std::size_t small,
                                                 std::size_t before, const WindowOptions& window) {
  return {.large = large,
          .small = small,
          .kernel = window.size,
          .stride = window.stride,
          .dilation = window.dilation,
          .before = before};
}

}  // namespace tusk::layers
