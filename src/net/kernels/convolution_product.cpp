// SPDX-License-Identifier: Apache-2.0
// Compiled with -ffp-contract=fast: multiplications and additions fuse where the CPU can.
#include "net/kernels/convolution_product.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "net/kernels/convolution_tiles.hpp"
#include "net/kernels/few_channels.hpp"

namespace tusk::kernels {
namespace {

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

using MultiplyRows = decltype(&multiply_rows<1>);

using Panels = std::array<MultiplyRows, most_panel_vectors>;  // by their vectors, less one

// By the width of tiles.
template <std::size_t channels, std::size_t... width>
constexpr std::array<Panels, widths> neighbours_of(std::index_sequence<width...>) {
  return {Panels{multiply_neighbours<1, channels, least_width + width>,
                 multiply_neighbours<2, channels, least_width + width>,
                 multiply_neighbours<3, channels, least_width + width>}...};
}

const Panels& rows_of_panels(const Product& product) {
  static constexpr Panels any{multiply_rows<1>, multiply_rows<2>, multiply_rows<3>};
  static constexpr auto of_one = neighbours_of<1>(std::make_index_sequence<widths>());
  static constexpr auto of_three = neighbours_of<3>(std::make_index_sequence<widths>());
  if (!has_few_channels(product)) return any;
  const std::size_t width = best_width(product.windows.cols.outputs);
  return product.windows.channels == 1 ? of_one[width] : of_three[width];
}

// Rows first … last − 1 of the product, on the calling thread.
void multiply_share(const Product& product, ConstSpan kernel, ConstMatrix images, Matrix outputs,
                    const WriteBack& write_back, std::size_t first, std::size_t last,
                    Span scratch) {
  const Panels& multiply = rows_of_panels(product);
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

}  // namespace

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

}  // namespace tusk::kernels
