// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <vector>

#include "experiment/spatial_options.hpp"
#include "tusk/named.hpp"

namespace tusk {

// Keras's layers that change the extents of space or time and have no weights, channels last. Those
// of one axis take (steps, channels), those of two (height, width, channels).

// The largest of each window, channel by channel.
struct MaxPooling1dOptions {
  static constexpr const char* type = "max_pooling1d";
  PerAxis pool_size{{2}};
  std::optional<PerAxis> strides;  // as pool_size unless given
  Padding padding = Padding::valid;

  friend bool operator==(const MaxPooling1dOptions&, const MaxPooling1dOptions&) = default;
};

struct MaxPooling2dOptions {
  static constexpr const char* type = "max_pooling2d";
  PerAxis pool_size{{2}};
  std::optional<PerAxis> strides;
  Padding padding = Padding::valid;

  friend bool operator==(const MaxPooling2dOptions&, const MaxPooling2dOptions&) = default;
};

// The mean of the part of each window that is within the input.
struct AveragePooling1dOptions {
  static constexpr const char* type = "average_pooling1d";
  PerAxis pool_size{{2}};
  std::optional<PerAxis> strides;
  Padding padding = Padding::valid;

  friend bool operator==(const AveragePooling1dOptions&, const AveragePooling1dOptions&) = default;
};

struct AveragePooling2dOptions {
  static constexpr const char* type = "average_pooling2d";
  PerAxis pool_size{{2}};
  std::optional<PerAxis> strides;
  Padding padding = Padding::valid;

  friend bool operator==(const AveragePooling2dOptions&, const AveragePooling2dOptions&) = default;
};

// The largest, or the mean, over all of space: (channels,), with keepdims (1, 1, channels).
struct GlobalMaxPooling1dOptions {
  static constexpr const char* type = "global_max_pooling1d";
  bool keepdims = false;

  friend bool operator==(const GlobalMaxPooling1dOptions&,
                         const GlobalMaxPooling1dOptions&) = default;
};

struct GlobalMaxPooling2dOptions {
  static constexpr const char* type = "global_max_pooling2d";
  bool keepdims = false;

  friend bool operator==(const GlobalMaxPooling2dOptions&,
                         const GlobalMaxPooling2dOptions&) = default;
};

struct GlobalAveragePooling1dOptions {
  static constexpr const char* type = "global_average_pooling1d";
  bool keepdims = false;

  friend bool operator==(const GlobalAveragePooling1dOptions&,
                         const GlobalAveragePooling1dOptions&) = default;
};

struct GlobalAveragePooling2dOptions {
  static constexpr const char* type = "global_average_pooling2d";
  bool keepdims = false;

  friend bool operator==(const GlobalAveragePooling2dOptions&,
                         const GlobalAveragePooling2dOptions&) = default;
};

enum class Interpolation { nearest, bilinear };

constexpr auto names_of(Interpolation) {
  return std::to_array<Named<Interpolation>>(
      {{"nearest", Interpolation::nearest}, {"bilinear", Interpolation::bilinear}});
}

// `size` times as many rows and columns.
struct UpSampling2dOptions {
  static constexpr const char* type = "up_sampling2d";
  PerAxis size{{2}};
  Interpolation interpolation = Interpolation::nearest;

  friend bool operator==(const UpSampling2dOptions&, const UpSampling2dOptions&) = default;
};

// How many rows (or columns) are put before and after: one number for both, or two.
struct EdgePadding {
  std::vector<std::size_t> values;

  std::size_t before() const { return values.front(); }
  std::size_t after() const { return values.back(); }

  friend bool operator==(const EdgePadding&, const EdgePadding&) = default;
};

// The same for all axes, or for each: 1, [1, 2] or [[1, 2], [3, 4]].
struct EdgePaddings {
  std::vector<EdgePadding> values;

  const EdgePadding& operator[](std::size_t axis) const {
    return values.size() == 1 ? values.front() : values.at(axis);
  }

  friend bool operator==(const EdgePaddings&, const EdgePaddings&) = default;
};

// Zeros around the rows and columns.
struct ZeroPadding2dOptions {
  static constexpr const char* type = "zero_padding2d";
  EdgePaddings padding{{{{1}}}};

  friend bool operator==(const ZeroPadding2dOptions&, const ZeroPadding2dOptions&) = default;
};

}  // namespace tusk
