// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include "net/kernels/convolution.hpp"
#include "tusk/matrix.hpp"
#include "tusk/team.hpp"

// Convolutions of each channel by itself, for layer depthwise_conv2d, with vectors of channels.
namespace tusk::kernels {

// Images and axes as in convolution.hpp. The small image has channels·multiplier channels: its
// channel c·multiplier + j sees channel c of the large one. The kernel is (rows, cols, channels,
// multiplier), row-major.
struct DepthwiseShape {
  ConvolutionAxis rows;
  ConvolutionAxis cols;
  std::size_t channels = 1;
  std::size_t multiplier = 1;

  std::size_t outputs() const { return channels * multiplier; }
  std::size_t taps() const { return rows.kernel * cols.kernel; }
};

// small = the convolution of large, and the bias of each channel where there is one.
void depthwise(Team& team, const DepthwiseShape& shape, ConstSpan kernel, ConstMatrix large,
               Matrix small, const WriteBack& write_back);

// dlarge, given the gradient with respect to small.
void depthwise_input_gradient(Team& team, const DepthwiseShape& shape, ConstSpan kernel,
                              ConstMatrix dsmall, Matrix dlarge);

// The kernel's gradient for taps first … of it, as many as dkernel has, and, if dbias is not empty,
// the bias's. Computes on the calling thread.
void depthwise_kernel_gradient(const DepthwiseShape& shape, ConstMatrix large, ConstMatrix dsmall,
                               std::size_t first, Span dkernel, Span dbias);

}  // namespace tusk::kernels
