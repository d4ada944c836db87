// SPDX-License-Identifier: Apache-2.0
// Tiles of a convolution's product: sums of some pixels by some vectors of channels.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>

#include "net/kernels/convolution_product.hpp"
#include "net/kernels/packing.hpp"
#include "net/kernels/window_rows.hpp"

namespace tusk::kernels {

// How the terms of a pixel's sums lie from its first one on: `rows` times `segments` segments of
// `length` numbers.
struct Walk {
  std::size_t rows;
  std::size_t row_stride;
  std::size_t segments;
  std::size_t segment_stride;
  std::size_t length;
};

template <std::size_t vectors>
using Sums = Vector[wide_tile][vectors];

// sums = Σ over the walk of panel · pixel, for each pixel.
template <std::size_t vectors>
[[gnu::always_inline]] inline void multiply_pixels(const Walk& walk,
                                                   const Real* const (&pixels)[wide_tile],
                                                   const Real* panel, Sums<vectors>& sums) {
  const Real* at[wide_tile];
#pragma GCC unroll 8
  for (std::size_t j = 0; j < wide_tile; ++j) at[j] = pixels[j];
#pragma GCC unroll 8
  for (std::size_t j = 0; j < wide_tile; ++j) {
#pragma GCC unroll 8
    for (std::size_t v = 0; v < vectors; ++v) sums[j][v] = Vector{};
  }
  for (std::size_t row = 0; row < walk.rows; ++row) {
    for (std::size_t segment = 0; segment < walk.segments; ++segment) {
      const std::size_t begin = row * walk.row_stride + segment * walk.segment_stride;
      const std::size_t end = begin + walk.length;
      for (std::size_t k = begin; k < end; ++k, panel += vectors * lanes) {
        Vector column[vectors];
#pragma GCC unroll 8
        for (std::size_t v = 0; v < vectors; ++v) column[v] = load(panel + v * lanes);
#pragma GCC unroll 8
        for (std::size_t j = 0; j < wide_tile; ++j) {
#pragma GCC unroll 8
          for (std::size_t v = 0; v < vectors; ++v) sums[j][v] += column[v] * at[j][k];
        }
      }
    }
  }
}

// A panel's part of the outputs.
struct PanelOutputs {
  std::size_t channel;  // the first
  std::size_t width;    // how many
  bool is_all;          // all that there are, and pixels follow each other without gaps
  const WriteBack& write_back;

  // With zeros where the panel is wider than the outputs, or there are no biases.
  void copy_bias(auto& bias) const {
    std::ranges::fill(bias, Real{0});
    if (!write_back.bias.empty()) {
      std::ranges::copy(write_back.bias.subspan(channel, width), bias);
    }
  }
};

// Writes a pixel's sums. Beyond them, but before `limit`, may stand what is still to be written.
template <std::size_t vectors>
[[gnu::always_inline]] inline void write(const Vector (&sums)[vectors], const PanelOutputs& outputs,
                                         const Real* bias, Real* to, const Real* limit) {
  alignas(64) Real tail[vectors * lanes];
  const bool is_whole = outputs.width == vectors * lanes || to + vectors * lanes <= limit;
#pragma GCC unroll 8
  for (std::size_t v = 0; v < vectors; ++v) {
    Vector sum = sums[v] + load(bias + v * lanes);
    if (outputs.write_back.relu) sum = sum < Real{0} ? Vector{} : sum;  // NaN stays
    store(sum, (is_whole ? to : tail) + v * lanes);
  }
  if (!is_whole) std::copy_n(tail, outputs.width, to);
}

// The outputs of some rows of windows for one panel. Row i of them is to be written from to[i] on.
template <std::size_t vectors>
void multiply_rows(const Product& product, const Walk& walk, const WindowRows& rows,
                   std::size_t source_channel, const std::array<Real*, WindowRows::most>& to,
                   const Real* panel, const PanelOutputs& outputs) {
  const std::size_t step = product.windows.output_col_stride();
  const std::size_t to_step = product.col_stride * product.output_channels;
  const std::size_t cols = product.windows.cols.outputs;
  const std::size_t pixels = rows.count() * cols;
  alignas(64) Real bias[vectors * lanes];
  outputs.copy_bias(bias);
  const Real* limit =
      outputs.is_all ? to[rows.count() - 1] + cols * product.output_channels : nullptr;
  std::size_t row = 0;
  std::size_t col = 0;
  for (std::size_t p = 0; p < pixels; p += wide_tile) {
    const Real* from[wide_tile];
    Real* target[wide_tile];
    for (std::size_t j = 0; j < wide_tile; ++j) {
      from[j] = rows.from(row) + source_channel + col * step;
      target[j] = to[row] + col * to_step + outputs.channel;
      if (p + j + 1 >= pixels) continue;  // the last pixel once more
      if (++col == cols) {
        col = 0;
        ++row;
      }
    }
    Sums<vectors> sums;
    multiply_pixels<vectors>(walk, from, panel, sums);
    const std::size_t count = std::min(wide_tile, pixels - p);
    if (count == wide_tile) {
#pragma GCC unroll 8
      for (std::size_t j = 0; j < wide_tile; ++j) write(sums[j], outputs, bias, target[j], limit);
    } else {
      for (std::size_t j = 0; j < count; ++j) write(sums[j], outputs, bias, target[j], limit);
    }
  }
}

}  // namespace tusk::kernels
