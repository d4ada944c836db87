// SPDX-License-Identifier: Apache-2.0
// Compiled with -ffp-contract=fast: multiplications and additions fuse where the CPU can.
#include <algorithm>
#include <utility>

#include "net/kernels/convolution.hpp"
#include "net/kernels/kernel_gradient_tiles.hpp"
#include "net/kernels/packing.hpp"
#include "net/kernels/window_rows.hpp"

namespace tusk::kernels {
namespace {

constexpr std::size_t rows_wanted = 16 * 1024;  // of the large image with zeros around it
constexpr std::size_t near_small = 4 * 1024;    // of the small image at a time

Windows windows_of_gradient(const ConvolutionShape& shape) {
  return {
      .rows = windows_of(shape.rows), .cols = windows_of(shape.cols), .channels = shape.channels};
}

std::size_t filter_vectors(const ConvolutionShape& shape) {
  return (shape.filters / shape.groups + lanes - 1) / lanes;
}

// How many vectors the tiles have that begin at one of a group's vectors: equally many, about.
std::size_t strip_vectors(const ConvolutionShape& shape) {
  const std::size_t strips = (filter_vectors(shape) + most_tile_vectors - 1) / most_tile_vectors;
  return (filter_vectors(shape) + strips - 1) / strips;
}

// How many rows of the small image are too near to its end to be read by whole vectors.
std::size_t last_rows(const ConvolutionShape& shape) {
  if (shape.filters / shape.groups % lanes == 0) return 0;
  const std::size_t row_size = shape.cols.small * shape.filters;
  return (lanes + row_size - 1) / row_size;
}

std::size_t last_rows_size(const ConvolutionShape& shape) {
  return last_rows(shape) * shape.cols.small * strip_vectors(shape) * lanes;
}

// The sums of a few rows of the kernel's gradient.
class KernelGradient {
 public:
  KernelGradient(const ConvolutionShape& shape, ConstMatrix large, ConstMatrix dsmall, Span scratch)
      : shape_(shape),
        dsmall_(dsmall),
        windows_(windows_of_gradient(shape)),
        last_rows_(scratch.first(last_rows_size(shape))),
        rows_(windows_, large, scratch.subspan(last_rows_.size())) {}

  // dkernel, rows `first` … of the kernel, and dbias, if it is not empty.
  void compute(std::size_t first, Span dkernel, Span dbias) {
    std::ranges::fill(dkernel, Real{0});
    std::ranges::fill(dbias, Real{0});
    const std::size_t all = dsmall_.cols() * shape_.rows.small;
    const std::size_t small_row = shape_.cols.small * strip_vectors(shape_) * lanes;
    const std::size_t limit = std::max<std::size_t>(near_small / small_row, 1);
    for (std::size_t row = 0; row < all; row += rows_.count()) {
      rows_.take(row, std::min(limit, all - row));
      add_rows(row, first, dkernel, dbias);
    }
  }

 private:
  void add_rows(std::size_t row, std::size_t first, Span dkernel, Span dbias) {
    const std::size_t group_filters = shape_.filters / shape_.groups;
    const std::size_t wide = strip_vectors(shape_) * lanes;
    for (std::size_t group = 0; group < shape_.groups; ++group) {
      for (std::size_t f = 0; f < group_filters; f += wide) {
        const std::size_t width = std::min(wide, group_filters - f);
        const std::size_t filter = group * group_filters + f;
        const SmallRows small = small_rows(row, filter, width);
        const std::size_t terms = dkernel.size() / shape_.filters;
        Span its_bias = dbias.empty() ? Span() : dbias.subspan(filter, width);
        if (!its_bias.empty() && terms < tile_terms) {
          add_bias(small, std::exchange(its_bias, Span()));
        }
        add_terms(small, first, terms, group, filter, width, dkernel.data(), its_bias.data());
      }
    }
  }

  SmallRows small_rows(std::size_t row, std::size_t filter, std::size_t width) const {
    const std::size_t row_size = shape_.cols.small * shape_.filters;
    const std::size_t padded = (width + lanes - 1) / lanes * lanes;
    SmallRows small;
    for (std::size_t i = 0; i < rows_.count(); ++i) {
      small.from[i] = dsmall_.data() + (row + i) * row_size + filter;
      small.step[i] = shape_.filters;
    }
    const std::size_t all = dsmall_.cols() * shape_.rows.small;
    Real* to = last_rows_.data();
    for (std::size_t i = 0; i < rows_.count() && width != padded; ++i) {
      if (row + i + last_rows(shape_) < all) continue;
      const Real* from = std::exchange(small.from[i], to);
      small.step[i] = padded;
      for (std::size_t col = 0; col < shape_.cols.small; ++col, from += shape_.filters) {
        std::copy_n(from, width, to);
        std::fill(to + width, to + padded, Real{0});
        to += padded;
      }
    }
    return small;
  }

  // In four sums in turns, so that none has to wait for the one before.
  void add_bias(const SmallRows& small, Span dbias) const {
    constexpr std::size_t turns = 4;
    for (std::size_t f = 0; f < dbias.size(); f += lanes) {
      const std::size_t width = std::min(lanes, dbias.size() - f);
      Vector sums[turns]{};
      for (std::size_t i = 0; i < rows_.count(); ++i) {
        const Real* pixel = small.from[i] + f;
        const std::size_t step = small.step[i];
        std::size_t col = 0;
        for (; col + turns <= shape_.cols.small; col += turns, pixel += turns * step) {
#pragma GCC unroll 4
          for (std::size_t t = 0; t < turns; ++t) sums[t] += load(pixel + t * step);
        }
        for (; col < shape_.cols.small; ++col, pixel += step) sums[0] += load(pixel);
      }
      alignas(64) Real total[lanes];
      store((sums[0] + sums[1]) + (sums[2] + sums[3]), total);
      for (std::size_t i = 0; i < width; ++i) dbias[f + i] += total[i];
    }
  }

  void add_terms(const SmallRows& small, std::size_t first, std::size_t count, std::size_t group,
                 std::size_t filter, std::size_t width, Real* dkernel, Real* bias) const {
    const std::size_t vectors = (width + lanes - 1) / lanes;
    std::size_t terms = 0;
    for (std::size_t i = 0; i < count; i += terms) {
      terms = count - i <= most_tile_terms ? count - i : tile_terms;
      TermOffsets offsets;
      for (std::size_t j = 0; j < terms; ++j) offsets[j] = offset(first + i + j, group);
      const bool with_bias = i == 0 && bias != nullptr;
      const AddTile add = with_bias ? add_tiles_with_bias[vectors - 1][terms - tile_terms]
                                    : add_tiles[vectors - 1][terms - 1];
      add(rows_, offsets, shape_.cols.small, windows_.output_col_stride(), small, width,
          dkernel + i * shape_.filters + filter, shape_.filters, bias);
    }
  }

  // Where the number of a window lies that belongs to a row of the kernel.
  std::size_t offset(std::size_t term, std::size_t group) const {
    const std::size_t channels = shape_.channels / shape_.groups;
    const std::size_t tap = term / channels;
    return tap / shape_.cols.kernel * windows_.tap_row_stride() +
           tap % shape_.cols.kernel * windows_.tap_col_stride() + group * channels +
           term % channels;
  }

  const ConvolutionShape& shape_;
  ConstMatrix dsmall_;
  Windows windows_;
  Span last_rows_;
  WindowRows rows_;
};

}  // namespace

std::size_t kernel_gradient_scratch(const ConvolutionShape& shape) {
  return last_rows_size(shape) + windows_of_gradient(shape).scratch(rows_wanted);
}

void kernel_gradient(const ConvolutionShape& shape, ConstMatrix large, ConstMatrix dsmall,
                     std::size_t first, Span dkernel, Span dbias, Span scratch) {
  KernelGradient(shape, large, dsmall, scratch).compute(first, dkernel, dbias);
}

}  // namespace tusk::kernels
