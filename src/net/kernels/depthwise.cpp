// SPDX-License-Identifier: Apache-2.0
// Compiled with -ffp-contract=fast: multiplications and additions fuse where the CPU can.
#include "net/kernels/depthwise.hpp"

#include <algorithm>
#include <optional>

namespace tusk::kernels {
namespace {

constexpr std::size_t channel_block = 64;  // whose sums are in registers, or next to them

// The place of the large image that place `small` sees by this tap, if it is within.
std::optional<std::size_t> seen_place(const ConvolutionAxis& axis, std::size_t small,
                                      std::size_t tap) {
  const std::size_t place = small * axis.stride + tap * axis.dilation;
  if (place < axis.before || place - axis.before >= axis.large) return std::nullopt;
  return place - axis.before;
}

// The place of the small image that sees place `large` by this tap, if there is one.
std::optional<std::size_t> seeing_place(const ConvolutionAxis& axis, std::size_t large,
                                        std::size_t tap) {
  const std::size_t place = large + axis.before;
  if (place < tap * axis.dilation || (place - tap * axis.dilation) % axis.stride != 0) {
    return std::nullopt;
  }
  const std::size_t small = (place - tap * axis.dilation) / axis.stride;
  return small < axis.small ? std::optional(small) : std::nullopt;
}

// Calls visit(tap, index) for the kernel's taps by which `place` finds a pixel of the other image,
// of `width` columns, in the order of taps.
template <typename Find>
void each_pixel(const DepthwiseShape& s, std::size_t row, std::size_t col, std::size_t width,
                Find find, auto visit) {
  for (std::size_t i = 0; i < s.rows.kernel; ++i) {
    const auto y = find(s.rows, row, i);
    if (!y) continue;
    for (std::size_t j = 0; j < s.cols.kernel; ++j) {
      if (const auto x = find(s.cols, col, j)) visit(i * s.cols.kernel + j, *y * width + *x);
    }
  }
}

// sums[i] += x[(first + i) / multiplier] · w[i] for the channels of a block.
void add_products(Real* __restrict sums, const Real* x, const Real* w, std::size_t first,
                  std::size_t count, std::size_t multiplier) {
  if (multiplier == 1) {
    x += first;
    for (std::size_t i = 0; i < count; ++i) sums[i] += x[i] * w[i];
  } else {
    for (std::size_t i = 0; i < count; ++i) sums[i] += x[(first + i) / multiplier] * w[i];
  }
}

}  // namespace

void depthwise(Team& team, const DepthwiseShape& s, ConstSpan kernel, ConstMatrix large,
               Matrix small, const WriteBack& write_back) {
  const std::size_t outputs = s.outputs();
  const auto compute = [&](const Real* image, std::size_t row, std::size_t col, Real* to) {
    for (std::size_t first = 0; first < outputs; first += channel_block) {
      const std::size_t count = std::min(channel_block, outputs - first);
      Real sums[channel_block] = {};
      each_pixel(s, row, col, s.cols.large, seen_place, [&](std::size_t tap, std::size_t pixel) {
        add_products(sums, image + pixel * s.channels, kernel.data() + tap * outputs + first, first,
                     count, s.multiplier);
      });
      if (!write_back.bias.empty()) {
        for (std::size_t i = 0; i < count; ++i) sums[i] += write_back.bias[first + i];
      }
      for (std::size_t i = 0; i < count; ++i) {
        to[first + i] = write_back.relu && sums[i] < Real{0} ? Real{0} : sums[i];
      }
    }
  };
  const std::size_t cost = s.cols.small * outputs * s.taps();
  team.share(small.cols() * s.rows.small, 1, cost, [&](const Share& share) {
    for (std::size_t i = share.first; i < share.last; ++i) {
      const Real* image = large.col(i / s.rows.small).data();
      Real* to = small.data() + i * s.cols.small * outputs;
      for (std::size_t col = 0; col < s.cols.small; ++col) {
        compute(image, i % s.rows.small, col, to + col * outputs);
      }
    }
  });
}

void depthwise_input_gradient(Team& team, const DepthwiseShape& s, ConstSpan kernel,
                              ConstMatrix dsmall, Matrix dlarge) {
  const std::size_t outputs = s.outputs();
  const auto compute = [&](const Real* image, std::size_t row, std::size_t col, Real* to) {
    std::fill_n(to, s.channels, Real{0});
    each_pixel(s, row, col, s.cols.small, seeing_place, [&](std::size_t tap, std::size_t pixel) {
      const Real* from = image + pixel * outputs;
      const Real* w = kernel.data() + tap * outputs;
      for (std::size_t j = 0; j < s.multiplier; ++j) {
#pragma GCC ivdep
        for (std::size_t c = 0; c < s.channels; ++c) {
          to[c] += from[c * s.multiplier + j] * w[c * s.multiplier + j];
        }
      }
    });
  };
  const std::size_t cost = s.cols.large * outputs * s.taps();
  team.share(dlarge.cols() * s.rows.large, 1, cost, [&](const Share& share) {
    for (std::size_t i = share.first; i < share.last; ++i) {
      const Real* image = dsmall.col(i / s.rows.large).data();
      Real* to = dlarge.data() + i * s.cols.large * s.channels;
      for (std::size_t col = 0; col < s.cols.large; ++col) {
        compute(image, i % s.rows.large, col, to + col * s.channels);
      }
    }
  });
}

void depthwise_kernel_gradient(const DepthwiseShape& s, ConstMatrix large, ConstMatrix dsmall,
                               std::size_t first, Span dkernel, Span dbias) {
  const std::size_t outputs = s.outputs();
  const std::size_t last = first + dkernel.size() / outputs;
  std::ranges::fill(dkernel, Real{0});
  std::ranges::fill(dbias, Real{0});
  const Real* dz = dsmall.data();
  for (std::size_t i = 0; i < dsmall.cols() * s.rows.small; ++i) {
    const Real* image = large.col(i / s.rows.small).data();
    for (std::size_t col = 0; col < s.cols.small; ++col, dz += outputs) {
      each_pixel(s, i % s.rows.small, col, s.cols.large, seen_place,
                 [&](std::size_t tap, std::size_t pixel) {
                   if (tap < first || tap >= last) return;
                   add_products(dkernel.data() + (tap - first) * outputs,
                                image + pixel * s.channels, dz, 0, outputs, s.multiplier);
                 });
      for (std::size_t f = 0; f < dbias.size(); ++f) dbias[f] += dz[f];
    }
  }
}

}  // namespace tusk::kernels
