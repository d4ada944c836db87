// SPDX-License-Identifier: Apache-2.0
// Compiled with -ffp-contract=fast: multiplications and additions fuse where the CPU can.
#include "net/kernels/convolution.hpp"

#include <algorithm>
#include <array>

#include "net/kernels/packing.hpp"
#include "net/kernels/window_rows.hpp"

namespace tusk::kernels {
namespace {

// A tile is up to 3 vectors of channels by `wide_tile` pixels, wherever these lie. The kernel is
// packed into panels of as many channels as a tile has, term by term.
constexpr std::size_t most_panel_vectors = 3;
constexpr std::size_t wanted_rows_size = 16 * 1024;   // of images with zeros around them
constexpr std::size_t wanted_panel_size = 64 * 1024;  // of the kernel, in whole panels

// Where the elements of a kernel are, by the source's channel and the output's.
struct KernelStrides {
  std::size_t row;
  std::size_t col;
  std::size_t source_channel;
  std::size_t output_channel;
  std::size_t group;
};

// One of the products: outputs (rows.outputs, cols.outputs) of windows, at places
// first + i·stride of the image of outputs.
struct Product {
  Windows windows;
  std::size_t output_channels = 1;
  std::size_t groups = 1;
  KernelStrides kernel{};
  std::size_t output_rows = 1;
  std::size_t output_cols = 1;
  std::size_t row_first = 0;
  std::size_t row_stride = 1;
  std::size_t col_first = 0;
  std::size_t col_stride = 1;

  std::size_t group_sources() const { return windows.channels / groups; }
  std::size_t group_outputs() const { return output_channels / groups; }
  std::size_t depth() const { return windows.rows.taps * windows.cols.taps * group_sources(); }

  // Panels of a group: as few as can be, and equally wide.
  std::size_t panels() const {
    const std::size_t vectors = (group_outputs() + lanes - 1) / lanes;
    return (vectors + most_panel_vectors - 1) / most_panel_vectors;
  }
  std::size_t panel_width() const {
    const std::size_t vectors = (group_outputs() + lanes - 1) / lanes;
    return (vectors + panels() - 1) / panels() * lanes;
  }
  std::size_t panel_size() const { return depth() * panel_width(); }
  std::size_t panels_at_once() const {
    const std::size_t fitting = wanted_panel_size / std::max<std::size_t>(panel_size(), 1);
    return std::clamp<std::size_t>(fitting, 1, groups * panels());
  }
  std::size_t scratch() const {
    return panels_at_once() * panel_size() + windows.scratch(wanted_rows_size);
  }
};

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

// The outputs of some rows of windows for one panel. Row i of them is to be written to to[i].
template <std::size_t vectors>
void multiply_rows(const Product& product, const Walk& walk, const WindowRows& rows,
                   std::size_t source_channel, const std::array<Real*, WindowRows::most>& to,
                   const Real* panel, const PanelOutputs& outputs) {
  const std::size_t step = product.windows.output_col_stride();
  const std::size_t to_step = product.col_stride * product.output_channels;
  const std::size_t cols = product.windows.cols.outputs;
  const std::size_t pixels = rows.count() * cols;
  alignas(64) Real bias[vectors * lanes] = {};
  if (!outputs.write_back.bias.empty()) {
    std::ranges::copy(outputs.write_back.bias.subspan(outputs.channel, outputs.width), bias);
  }
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

// Panel number `panel` of a group, term by term.
void pack_panel(const Product& product, const Real* kernel, std::size_t panel, Real* out) {
  const WindowAxis& rows = product.windows.rows;
  const WindowAxis& cols = product.windows.cols;
  const std::size_t first = panel * product.panel_width();
  const std::size_t width = std::min(product.panel_width(), product.group_outputs() - first);
  const std::size_t padded = (width + lanes - 1) / lanes * lanes;
  const KernelStrides& strides = product.kernel;
  for (std::size_t tap = 0; tap < rows.taps * cols.taps; ++tap) {
    const std::ptrdiff_t row =
        rows.kernel_first + static_cast<std::ptrdiff_t>(tap / cols.taps) * rows.kernel_step;
    const std::ptrdiff_t col =
        cols.kernel_first + static_cast<std::ptrdiff_t>(tap % cols.taps) * cols.kernel_step;
    const Real* from = kernel + static_cast<std::size_t>(row) * strides.row +
                       static_cast<std::size_t>(col) * strides.col;
    for (std::size_t i = 0; i < width; i += lanes) {
      const Strided<const Real> strip{from + (first + i) * strides.output_channel,
                                      strides.output_channel, strides.source_channel};
      pack_strip<lanes>(strip, std::min(lanes, width - i), product.group_sources(),
                        out + tap * product.group_sources() * padded + i, padded);
    }
  }
}

// Rows first … last − 1 of the product, on the calling thread.
void multiply_share(const Product& product, ConstSpan kernel, ConstMatrix images, Matrix outputs,
                    const WriteBack& write_back, std::size_t first, std::size_t last,
                    Span scratch) {
  constexpr std::array multiply{multiply_rows<1>, multiply_rows<2>, multiply_rows<3>};
  static_assert(multiply.size() == most_panel_vectors);
  const Windows& windows = product.windows;
  const std::size_t at_once = product.panels_at_once();
  const Span packed = scratch.first(at_once * product.panel_size());
  const bool in_one = windows.cols.step == 1 && product.groups == 1;
  const Walk walk{.rows = windows.rows.taps,
                  .row_stride = windows.tap_row_stride(),
                  .segments = in_one ? 1 : windows.cols.taps,
                  .segment_stride = windows.tap_col_stride(),
                  .length = (in_one ? windows.cols.taps : 1) * product.group_sources()};
  WindowRows rows(windows, images, scratch.subspan(packed.size()));
  std::array<Real*, WindowRows::most> to{};
  const std::size_t panels = product.groups * product.panels();
  const bool is_all = panels == 1 && product.row_stride == 1 && product.col_stride == 1;
  for (std::size_t begin = 0; begin < panels; begin += at_once) {
    const std::size_t end = std::min(panels, begin + at_once);
    for (std::size_t i = begin; i < end; ++i) {
      pack_panel(product, kernel.data() + i / product.panels() * product.kernel.group,
                 i % product.panels(), packed.data() + (i - begin) * product.panel_size());
    }
    for (std::size_t row = first; row < last; row += rows.count()) {
      rows.take(row, last - row);
      for (std::size_t i = 0; i < rows.count(); ++i) {
        const std::size_t sample = (row + i) / windows.rows.outputs;
        const std::size_t place =
            product.row_first + (row + i) % windows.rows.outputs * product.row_stride;
        to[i] = outputs.data() + sample * outputs.rows() +
                (place * product.output_cols + product.col_first) * product.output_channels;
      }
      for (std::size_t i = begin; i < end; ++i) {
        const std::size_t group = i / product.panels();
        const std::size_t channel = i % product.panels() * product.panel_width();
        const std::size_t width =
            std::min(product.panel_width(), product.group_outputs() - channel);
        const PanelOutputs part{group * product.group_outputs() + channel, width, is_all,
                                write_back};
        multiply[(width - 1) / lanes](product, walk, rows, group * product.group_sources(), to,
                                      packed.data() + (i - begin) * product.panel_size(), part);
      }
    }
  }
}

void multiply(Team& team, const Product& product, ConstSpan kernel, ConstMatrix images,
              Matrix outputs, const WriteBack& write_back, ScratchOf scratch) {
  const std::size_t rows = product.windows.rows.outputs;
  const std::size_t cols = product.windows.cols.outputs;
  if (rows * cols == 0) return;
  const std::size_t cost = cols * (product.depth() + 1) * product.group_outputs() * product.groups;
  team.share(images.cols() * rows, 1, cost, [&](const Share& share) {
    multiply_share(product, kernel, images, outputs, write_back, share.first, share.last,
                   scratch(share));
  });
}

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
