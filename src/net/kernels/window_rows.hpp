// SPDX-License-Identifier: Apache-2.0
// What outputs see of an image, a few rows of outputs at a time.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>

#include "net/kernels/convolution.hpp"

namespace tusk::kernels {

// An axis of windows: output i sees, by tap t, place i·stride + first + t·step of the source, which
// may lie outside of it. Tap t has the kernel's place kernel_first + t·kernel_step.
struct WindowAxis {
  std::size_t source = 1;
  std::size_t outputs = 1;
  std::size_t taps = 1;
  std::size_t stride = 1;
  std::ptrdiff_t first = 0;
  std::size_t step = 1;
  std::ptrdiff_t kernel_first = 0;
  std::ptrdiff_t kernel_step = 1;

  // How many places `count` outputs see, with those between them.
  std::size_t extent(std::size_t count) const {
    if (count == 0 || taps == 0) return 1;
    return (count - 1) * stride + (taps - 1) * step + 1;
  }
  bool is_within() const {
    return taps == 0 || (first >= 0 && static_cast<std::size_t>(first) + extent(outputs) <= source);
  }
};

// What the small image sees of the large one.
inline WindowAxis windows_of(const ConvolutionAxis& axis) {
  return {.source = axis.large,
          .outputs = axis.small,
          .taps = axis.kernel,
          .stride = axis.stride,
          .first = -static_cast<std::ptrdiff_t>(axis.before),
          .step = axis.dilation};
}

// Rows of windows over a batch of images (source rows, source cols, channels). Row r of the batch
// is row r mod rows.outputs of sample r div rows.outputs.
struct Windows {
  WindowAxis rows;
  WindowAxis cols;
  std::size_t channels = 1;

  bool is_within() const { return rows.is_within() && cols.is_within(); }
  std::size_t source_size() const { return rows.source * cols.source * channels; }
  std::size_t row_size() const {  // of a row of the source as windows see it
    return (is_within() ? cols.source : cols.extent(cols.outputs)) * channels;
  }
  std::size_t tap_row_stride() const { return rows.step * row_size(); }
  std::size_t tap_col_stride() const { return cols.step * channels; }
  std::size_t output_col_stride() const { return cols.stride * channels; }

  // How many numbers WindowRows needs, for `wanted` numbers or a row at least.
  std::size_t scratch(std::size_t wanted) const {
    return is_within() ? 0 : std::max(wanted, rows.extent(1) * row_size());
  }
};

// Some rows of windows one after another, ready to be read: tap (tr, tc) of window `col` of row i
// begins at from(i) + col·output_col_stride + tr·tap_row_stride + tc·tap_col_stride, and holds all
// channels of a pixel. Where windows reach over edges, they are copied with zeros around them.
class WindowRows {
 public:
  static constexpr std::size_t most = 64;

  WindowRows(const Windows& windows, ConstMatrix images, Span scratch)
      : windows_(windows), images_(images), scratch_(scratch), copies_(!windows.is_within()) {}

  // Takes rows of the batch from `first` on, as many as there is memory for, of `limit` at most,
  // and returns how many.
  std::size_t take(std::size_t first, std::size_t limit) {
    limit = std::min(limit, most);
    std::size_t used = 0;    // of scratch
    std::size_t copied = 0;  // rows of the present sample, from its first one in scratch on
    std::size_t begin = 0;   // the scratch of the present sample
    std::size_t origin = 0;  // its first row there
    const Real* image = images_.data() + first / windows_.rows.outputs * windows_.source_size();
    std::size_t row = first % windows_.rows.outputs;
    count_ = 0;
    for (; count_ < limit; ++count_, ++row) {
      if (row == windows_.rows.outputs) {
        row = 0;
        image += windows_.source_size();
      }
      if (!copies_) {
        from_[count_] = image + pixel(row * windows_.rows.stride);
        continue;
      }
      if (count_ == 0 || row == 0) {
        begin = used;
        origin = row * windows_.rows.stride;
        copied = 0;
      }
      const std::size_t top = row * windows_.rows.stride - origin;
      const std::size_t bottom = top + windows_.rows.extent(1);
      if (begin + bottom * windows_.row_size() > scratch_.size()) break;
      for (copied = std::max(copied, top); copied < bottom; ++copied) {
        copy_row(image, origin + copied, scratch_.data() + begin + copied * windows_.row_size());
      }
      used = begin + copied * windows_.row_size();
      from_[count_] = scratch_.data() + begin + top * windows_.row_size();
    }
    return count_;
  }

  std::size_t count() const { return count_; }
  const Real* from(std::size_t row) const { return from_[row]; }

 private:
  // Where windows begin within an image that they do not leave.
  std::size_t pixel(std::size_t row) const {
    if (windows_.rows.taps == 0 || windows_.cols.taps == 0) return 0;
    const std::size_t y = row + static_cast<std::size_t>(windows_.rows.first);
    const auto x = static_cast<std::size_t>(windows_.cols.first);
    return (y * windows_.cols.source + x) * windows_.channels;
  }

  // Row `row` + first of the image, with zeros outside of it.
  void copy_row(const Real* image, std::size_t row, Real* to) const {
    const std::size_t width = windows_.row_size();
    const std::ptrdiff_t y = static_cast<std::ptrdiff_t>(row) + windows_.rows.first;
    const auto channels = static_cast<std::ptrdiff_t>(windows_.channels);
    const auto source = static_cast<std::ptrdiff_t>(windows_.cols.source) * channels;
    const std::ptrdiff_t x = windows_.cols.first * channels;  // of the image, where `to` begins
    const auto end = static_cast<std::ptrdiff_t>(width);
    const std::ptrdiff_t left = std::clamp<std::ptrdiff_t>(-x, 0, end);
    const std::ptrdiff_t right = std::clamp<std::ptrdiff_t>(source - x, left, end);
    if (y < 0 || y >= static_cast<std::ptrdiff_t>(windows_.rows.source)) {
      std::fill_n(to, width, Real{0});
      return;
    }
    std::fill(to, to + left, Real{0});
    std::copy(image + y * source + x + left, image + y * source + x + right, to + left);
    std::fill(to + right, to + end, Real{0});
  }

  const Windows& windows_;
  ConstMatrix images_;
  Span scratch_;
  bool copies_;
  std::size_t count_ = 0;
  std::array<const Real*, most> from_{};
};

}  // namespace tusk::kernels
