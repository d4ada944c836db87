// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>

#include "net/kernels/convolution.hpp"
#include "net/kernels/packing.hpp"
#include "net/kernels/window_rows.hpp"

// The products that gather() and spread() are made of: images of windows with kernels.
namespace tusk::kernels {

// A tile is up to 3 vectors of channels by `wide_tile` pixels, wherever these lie. The kernel is
// packed into panels of as many channels as a tile has, term by term.
inline constexpr std::size_t most_panel_vectors = 3;
inline constexpr std::size_t wanted_rows_size = 16 * 1024;   // of images with zeros around them
inline constexpr std::size_t wanted_panel_size = 64 * 1024;  // of the kernel, in whole panels

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

// outputs = the product, with what is done as they are written. Every output is the same sum in the
// same order, whoever computes it.
void multiply(Team& team, const Product& product, ConstSpan kernel, ConstMatrix images,
              Matrix outputs, const WriteBack& write_back, ScratchOf scratch);

}  // namespace tusk::kernels
