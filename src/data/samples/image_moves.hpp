// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "experiment/augment_options.hpp"
#include "tusk/real.hpp"
#include "tusk/shape.hpp"

// Pixels that change their places: what flips, shifts, crops and quarter turns of images have in
// common. Each says of every row and column of the image from which one of the image before it
// comes; move() then takes the pixels there. Called by Augmentation.
namespace tusk::samples {

struct ImageSize {
  std::size_t height = 0;
  std::size_t width = 0;
  std::size_t channels = 1;
};

// A sample of (height, width, channels) or (height, width); Error(internal) for other shapes.
ImageSize image_size(const Shape& shape);

// Where pixels come from: pixel (r, c) from (rows[r], columns[c]), or, turned, from (rows[c],
// columns[r]). −1: from nowhere.
struct PixelSources {
  std::span<std::int32_t> rows;
  std::span<std::int32_t> columns;
  bool turned = false;

  void stay();  // each from its own place
};

// Reads in the opposite direction.
void mirror(std::span<std::int32_t> sources);

// Moves what is read by `by` places to larger indices; what comes from beyond the edges is as the
// mode says, −1 where it is constant.
void shift(std::span<std::int32_t> sources, std::int64_t by, FillMode mode);

// By so many quarter turns against the clock, as numpy.rot90 turns.
void turn(PixelSources& sources, std::uint64_t quarters);

// image = the image with its pixels where `sources` says; `before` has room for it.
void move(Span image, const ImageSize& size, const PixelSources& sources, Real fill, Span before);

}  // namespace tusk::samples
