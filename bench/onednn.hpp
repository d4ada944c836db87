// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>

namespace tusk::bench {

// A convolution of images (rows, cols, channels) without zeros around them, with a bias.
struct ConvolutionCase {
  const char* name;
  std::size_t rows, cols, channels;
  std::size_t kernel_rows, kernel_cols, filters;
  bool same;  // padding
  std::size_t batch;
};

// The same by bare primitives of oneDNN, in the layouts that these choose: calls that compute it on
// noise, empty where the program was built without oneDNN.
struct OnednnConvolution {
  std::function<void()> forward;
  std::function<void()> kernel_gradient;  // and the bias's
  std::function<void()> input_gradient;
};
OnednnConvolution onednn_convolution(const ConvolutionCase& c);

// oneDNN's version; empty without it.
const char* onednn_version();

}  // namespace tusk::bench
