// SPDX-License-Identifier: Apache-2.0
#include "data/samples/image_moves.hpp"

#include <algorithm>
#include <numeric>

#include "tusk/error.hpp"

namespace tusk::samples {
namespace {

// Which of `count` places in a row stands at `index`, which may be beyond the edges.
std::int32_t place_of(std::int64_t index, std::int64_t count, FillMode mode) {
  const auto wrapped = [index](std::int64_t period) {
    return ((index % period) + period) % period;
  };
  if (index >= 0 && index < count) return static_cast<std::int32_t>(index);
  switch (mode) {
    case FillMode::constant:
      return -1;
    case FillMode::nearest:
      return static_cast<std::int32_t>(std::clamp<std::int64_t>(index, 0, count - 1));
    case FillMode::reflect: {
      const std::int64_t place = wrapped(2 * count);
      return static_cast<std::int32_t>(std::min(place, 2 * count - 1 - place));
    }
    case FillMode::wrap:
      return static_cast<std::int32_t>(wrapped(count));
  }
  fail(ExitCode::internal, "a fill mode without an implementation");
}

// As move(). `Channels`: how many there are, where the loops may count on it; 0: any number.
template <std::size_t Channels>
void move_as(Span image, const ImageSize& size, const PixelSources& sources, Real fill,
             ConstSpan before) {
  const std::size_t channels = Channels > 0 ? Channels : size.channels;
  const std::size_t row_step = (sources.turned ? 1 : size.width) * channels;
  const std::size_t column_step = (sources.turned ? size.width : 1) * channels;
  const std::span<const std::int32_t> outer = sources.turned ? sources.columns : sources.rows;
  const std::span<const std::int32_t> inner = sources.turned ? sources.rows : sources.columns;
  Real* out = image.data();
  for (std::size_t r = 0; r < size.height; ++r) {
    if (outer[r] < 0) {
      out = std::fill_n(out, size.width * channels, fill);
      continue;
    }
    const Real* const row = before.data() + static_cast<std::size_t>(outer[r]) * row_step;
    for (std::size_t c = 0; c < size.width; ++c, out += channels) {
      const std::int32_t from = inner[c];
      const Real* const pixel = row + (from < 0 ? 0 : static_cast<std::size_t>(from)) * column_step;
      for (std::size_t k = 0; k < channels; ++k) out[k] = from < 0 ? fill : pixel[k];
    }
  }
}

}  // namespace

ImageSize image_size(const Shape& shape) {
  if (shape.rank() != 2 && shape.rank() != 3) {
    fail(ExitCode::internal, "{} is no image's shape", shape.to_string());
  }
  return {.height = shape[0], .width = shape[1], .channels = shape.rank() == 3 ? shape[2] : 1};
}

void PixelSources::stay() {
  std::iota(rows.begin(), rows.end(), 0);
  std::iota(columns.begin(), columns.end(), 0);
  turned = false;
}

void mirror(std::span<std::int32_t> sources) { std::ranges::reverse(sources); }

void shift(std::span<std::int32_t> sources, std::int64_t by, FillMode mode) {
  const auto count = static_cast<std::int64_t>(sources.size());
  for (std::int64_t i = 0; i < count; ++i) {
    sources[static_cast<std::size_t>(i)] = place_of(i - by, count, mode);
  }
}

void turn(PixelSources& sources, std::uint64_t quarters) {
  sources.turned = quarters % 2 == 1;
  if (quarters == 1 || quarters == 2) mirror(sources.columns);
  if (quarters == 2 || quarters == 3) mirror(sources.rows);
}

void move(Span image, const ImageSize& size, const PixelSources& sources, Real fill, Span before) {
  std::ranges::copy(image, before.begin());
  switch (size.channels) {
    case 1:
      return move_as<1>(image, size, sources, fill, before);
    case 3:
      return move_as<3>(image, size, sources, fill, before);
    default:
      return move_as<0>(image, size, sources, fill, before);
  }
}

}  // namespace tusk::samples
