// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <variant>

#include "tusk/named.hpp"

namespace tusk {

// The entries of data.augment: how training changes its samples, anew each epoch. Names and options
// are those of Keras's preprocessing layers where it has them. "Images" are inputs of (height,
// width, channels) or (height, width), as the transforms leave them.

enum class FlipMode { horizontal_and_vertical, horizontal, vertical };
constexpr auto names_of(FlipMode) {
  return std::to_array<Named<FlipMode>>(
      {{"horizontal_and_vertical", FlipMode::horizontal_and_vertical},
       {"horizontal", FlipMode::horizontal},
       {"vertical", FlipMode::vertical}});
}

// Mirrors an image left to right, top to bottom, or each of both, every other time.
struct RandomFlip {
  static constexpr const char* type = "random_flip";
  FlipMode mode = FlipMode::horizontal_and_vertical;

  friend bool operator==(const RandomFlip&, const RandomFlip&) = default;
};

// What stands beyond the edges of an image a b c d.
enum class FillMode {
  constant,  // v v | a b c d | v v   with fill_value v
  nearest,   // a a | a b c d | d d
  reflect,   // b a | a b c d | d c
  wrap,      // c d | a b c d | a b
};
constexpr auto names_of(FillMode) {
  return std::to_array<Named<FillMode>>({{"constant", FillMode::constant},
                                         {"nearest", FillMode::nearest},
                                         {"reflect", FillMode::reflect},
                                         {"wrap", FillMode::wrap}});
}

// Shifts an image by up to these shares of its height and width in each direction, all shifts
// alike likely, to whole pixels.
struct RandomTranslation {
  static constexpr const char* type = "random_translation";
  double height_factor = 0.0;
  double width_factor = 0.0;
  FillMode fill_mode = FillMode::reflect;
  double fill_value = 0.0;

  friend bool operator==(const RandomTranslation&, const RandomTranslation&) = default;
};

// Surrounds an image with so many pixels on each side and cuts one of its own size out anywhere.
struct RandomCrop {
  static constexpr const char* type = "random_crop";
  std::uint64_t padding = 0;
  FillMode fill_mode = FillMode::constant;
  double fill_value = 0.0;

  friend bool operator==(const RandomCrop&, const RandomCrop&) = default;
};

// Turns a square image by 0, 90, 180 or 270 degrees.
struct RandomQuarterTurn {
  static constexpr const char* type = "random_quarter_turn";

  friend bool operator==(const RandomQuarterTurn&, const RandomQuarterTurn&) = default;
};

// y = x + N(0, stddev²), each number of a sample by itself.
struct GaussianNoise {
  static constexpr const char* type = "gaussian_noise";
  double stddev = 0.0;

  friend bool operator==(const GaussianNoise&, const GaussianNoise&) = default;
};

// x = λ x₁ + (1 − λ) x₂ of a sample and the next one of its batch, all inputs, labels and weights,
// with λ ~ Beta(alpha, alpha).
//   H. Zhang et al., "mixup: Beyond empirical risk minimization", ICLR 2018
struct Mixup {
  static constexpr const char* type = "mixup";
  double alpha = 0.2;

  friend bool operator==(const Mixup&, const Mixup&) = default;
};

using AugmentOptions = std::variant<RandomFlip, RandomTranslation, RandomCrop, RandomQuarterTurn,
                                    GaussianNoise, Mixup>;

}  // namespace tusk
