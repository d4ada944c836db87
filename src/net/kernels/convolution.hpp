// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include "tusk/function_ref.hpp"
#include "tusk/matrix.hpp"
#include "tusk/real.hpp"
#include "tusk/team.hpp"

// Convolutions as products without their matrices: what a product would copy to a matrix of windows
// (im2col) is read where it lies, or, at the edges, from a copy of a few rows with zeros around
// them. Layers conv1d, conv2d and conv2d_transpose call them.
//
//   convolution.cpp       gather() and spread(), as products of windows with kernels
//   convolution_product   such a product: packs the kernel and goes over the rows
//   convolution_tiles     its tiles, the innermost loops; few_channels.hpp, those of first layers
//   kernel_gradient.cpp   the sum over a batch, with tiles of its own (kernel_gradient_tiles.hpp)
//   window_rows.hpp       all: which numbers a row of outputs sees, and copies with zeros
namespace tusk::kernels {

// An axis of a convolution between a large image and a small one, its input and output. Place i of
// the small one sees, by tap k of the kernel, place i·stride + k·dilation − before of the large
// one: outside of it there are zeros. Not both of stride and dilation are above 1.
struct ConvolutionAxis {
  std::size_t large = 1;
  std::size_t small = 1;
  std::size_t kernel = 1;
  std::size_t stride = 1;
  std::size_t dilation = 1;
  std::size_t before = 0;
};

// Images are (rows, cols, channels) in row-major order, a sample a column of the batch. The kernel
// is (rows, cols, channels / groups, filters), row-major, as Keras's: filter f sees the channels of
// its group alone.
struct ConvolutionShape {
  ConvolutionAxis rows;
  ConvolutionAxis cols;
  std::size_t channels = 1;  // of the large image
  std::size_t filters = 1;   // channels of the small one
  std::size_t groups = 1;

  std::size_t large_size() const { return rows.large * cols.large * channels; }
  std::size_t small_size() const { return rows.small * cols.small * filters; }
  // How many numbers an output is a sum of: rows of the kernel as a matrix (·, filters).
  std::size_t terms() const { return rows.kernel * cols.kernel * (channels / groups); }
};

// What is done with an output as it is written: a bias for each channel is added, if there is one,
// and what is negative becomes 0.
struct WriteBack {
  ConstSpan bias = {};
  bool relu = false;
};

// The calling thread's memory for a share, of scratch size (below).
using ScratchOf = FunctionRef<Span(const Share& share)>;

// small(i, f) = Σ over taps k and channels c of kernel(k, c, f) large(i·stride + k·dilation −
// before, c). Every element is the same sum in the same order, whoever computes it.
void gather(Team& team, const ConvolutionShape& shape, ConstSpan kernel, ConstMatrix large,
            Matrix small, const WriteBack& write_back, ScratchOf scratch);

// The transposed map, which the gradients of inputs are made by: large(j, c) = Σ over the taps k,
// places i with i·stride + k·dilation − before = j, and filters f, of kernel(k, c, f) small(i, f).
void spread(Team& team, const ConvolutionShape& shape, ConstSpan kernel, ConstMatrix small,
            Matrix large, const WriteBack& write_back, ScratchOf scratch);

// How many numbers of scratch a thread needs for the two, and for kernel_gradient().
std::size_t gather_scratch(const ConvolutionShape& shape);
std::size_t spread_scratch(const ConvolutionShape& shape);
std::size_t kernel_gradient_scratch(const ConvolutionShape& shape);

// dkernel, rows first … of the kernel as a matrix (terms, filters), as many as dkernel has: each
// the sum over samples and places of large · dsmall, in an order that depends on the shape alone.
// If dbias is not empty, it becomes the sum of dsmall. Computes on the calling thread, so that a
// layer can hand over its gradients part by part.
void kernel_gradient(const ConvolutionShape& shape, ConstMatrix large, ConstMatrix dsmall,
                     std::size_t first, Span dkernel, Span dbias, Span scratch);

// The grain of parts of the kernel's rows that are whole tiles.
inline constexpr std::size_t kernel_gradient_grain = 8;

}  // namespace tusk::kernels
