// SPDX-License-Identifier: Apache-2.0
#include "net/kernels/convolution.hpp"

#include <algorithm>
#include <utility>

#include "net/kernels/convolution_product.hpp"
#include "net/kernels/window_rows.hpp"

namespace tusk::kernels {
namespace {

Product gathering(const ConvolutionShape& shape) {
  const std::size_t inner = shape.channels / shape.groups;
  return {.windows = {.rows = windows_of(shape.rows),
                      .cols = windows_of(shape.cols),
                      .channels = shape.channels},
          .output_channels = shape.filters,
          .groups = shape.groups,
          .kernel = {.row = shape.cols.kernel * inner * shape.filters,
                     .col = inner * shape.filters,
                     .source_channel = shape.filters,
                     .output_channel = 1,
                     .group = shape.filters / shape.groups},
          .output_rows = shape.rows.small,
          .output_cols = shape.cols.small};
}

// What the places phase, phase + stride, … of the large image see of the small one: with
// j = phase + m·stride and the taps k = r + t·stride for which j + before − k is a multiple of the
// stride, it is place m + (phase + before − r)/stride − t. Taps come in the order of places.
WindowAxis windows_of_phase(const ConvolutionAxis& axis, std::size_t phase) {
  const std::size_t r = (phase + axis.before) % axis.stride;
  const std::size_t taps = axis.kernel > r ? (axis.kernel - r + axis.stride - 1) / axis.stride : 0;
  const auto last = static_cast<std::ptrdiff_t>(taps) - 1;
  const auto stride = static_cast<std::ptrdiff_t>(axis.stride);
  return {.source = axis.small,
          .outputs = axis.large > phase ? (axis.large - phase + axis.stride - 1) / axis.stride : 0,
          .taps = taps,
          .stride = 1,
          .first = static_cast<std::ptrdiff_t>((phase + axis.before - r) / axis.stride) -
                   last * static_cast<std::ptrdiff_t>(axis.dilation),
          .step = axis.dilation,
          .kernel_first = static_cast<std::ptrdiff_t>(r) + last * stride,
          .kernel_step = -stride};
}

Product spreading(const ConvolutionShape& shape, std::size_t row_phase, std::size_t col_phase) {
  Product product = gathering(shape);
  product.windows = {.rows = windows_of_phase(shape.rows, row_phase),
                     .cols = windows_of_phase(shape.cols, col_phase),
                     .channels = shape.filters};
  product.output_channels = shape.channels;
  std::swap(product.kernel.source_channel, product.kernel.output_channel);
  product.output_rows = shape.rows.large;
  product.output_cols = shape.cols.large;
  product.row_first = row_phase;
  product.row_stride = shape.rows.stride;
  product.col_first = col_phase;
  product.col_stride = shape.cols.stride;
  return product;
}

}  // namespace

std::size_t gather_scratch(const ConvolutionShape& shape) { return gathering(shape).scratch(); }

std::size_t spread_scratch(const ConvolutionShape& shape) {
  std::size_t most = 0;
  for (std::size_t row = 0; row < shape.rows.stride; ++row) {
    for (std::size_t col = 0; col < shape.cols.stride; ++col) {
      most = std::max(most, spreading(shape, row, col).scratch());
    }
  }
  return most;
}

void gather(Team& team, const ConvolutionShape& shape, ConstSpan kernel, ConstMatrix large,
            Matrix small, const WriteBack& write_back, ScratchOf scratch) {
  multiply(team, gathering(shape), kernel, large, small, write_back, scratch);
}

void spread(Team& team, const ConvolutionShape& shape, ConstSpan kernel, ConstMatrix small,
            Matrix large, const WriteBack& write_back, ScratchOf scratch) {
  for (std::size_t row = 0; row < shape.rows.stride; ++row) {
    for (std::size_t col = 0; col < shape.cols.stride; ++col) {
      multiply(team, spreading(shape, row, col), kernel, small, large, write_back, scratch);
    }
  }
}

}  // namespace tusk::kernels
