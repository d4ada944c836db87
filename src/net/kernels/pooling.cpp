// SPDX-License-Identifier: Apache-2.0
#include "net/kernels/pooling.hpp"

#include <algorithm>

#include "tusk/real.hpp"

namespace tusk::kernels {
namespace {

constexpr std::size_t channel_part = 64;  // channels whose state a loop keeps

// The places [begin, end) of a window.
struct Places {
  std::size_t begin;
  std::size_t end;
};

Places places_of(const PoolingAxis& axis, std::size_t output) {
  const std::size_t first = output * axis.stride;
  return {std::max(first, axis.before) - axis.before,
          std::min(first + axis.size - axis.before, axis.input)};
}

// Calls visit(offset) for each pixel of an output's window: where its channels begin.
void each_of_window(const PoolingShape& s, std::size_t row, std::size_t col, auto visit) {
  const Places ys = places_of(s.rows, row);
  const Places xs = places_of(s.cols, col);
  for (std::size_t y = ys.begin; y < ys.end; ++y) {
    for (std::size_t x = xs.begin; x < xs.end; ++x) visit((y * s.cols.input + x) * s.channels);
  }
}

std::size_t window_size(const PoolingShape& s, std::size_t row, std::size_t col) {
  const Places ys = places_of(s.rows, row);
  const Places xs = places_of(s.cols, col);
  return (ys.end - ys.begin) * (xs.end - xs.begin);
}

// Calls compute(sample, row, col, offset of the output in its sample) for each output of a batch.
void each_output(Team& team, const PoolingShape& s, std::size_t samples, auto compute) {
  const std::size_t cost = s.output_row() * s.rows.size * s.cols.size;
  team.share(samples * s.rows.outputs, 1, cost, [&](const Share& share) {
    for (std::size_t i = share.first; i < share.last; ++i) {
      const std::size_t row = i % s.rows.outputs;
      for (std::size_t col = 0; col < s.cols.outputs; ++col) {
        compute(i / s.rows.outputs, row, col, row * s.output_row() + col * s.channels);
      }
    }
  });
}

// The same for each output of a sample after another, by one thread a sample, after dx of it was
// filled with zeros: windows may overlap.
void each_gradient(Team& team, const PoolingShape& s, Matrix dx, auto compute) {
  const std::size_t cost = s.rows.outputs * s.output_row() * s.rows.size * s.cols.size;
  team.share(dx.cols(), 1, cost, [&](const Share& share) {
    for (std::size_t sample = share.first; sample < share.last; ++sample) {
      std::ranges::fill(dx.col(sample), Real{0});
      for (std::size_t row = 0; row < s.rows.outputs; ++row) {
        for (std::size_t col = 0; col < s.cols.outputs; ++col) {
          compute(sample, row, col, row * s.output_row() + col * s.channels);
        }
      }
    }
  });
}

void take_larger(Real* __restrict largest, const Real* __restrict x, std::size_t count) {
  for (std::size_t c = 0; c < count; ++c) {
    const bool is_taken = (x[c] > largest[c]) | (x[c] != x[c]);  // NaN stays
    largest[c] = is_taken ? x[c] : largest[c];
  }
}

// Gives `rest` to dx where x is the largest, and keeps the others.
void give_where_equal(Real* __restrict dx, Real* __restrict rest, const Real* __restrict x,
                      const Real* __restrict largest, std::size_t count) {
  for (std::size_t c = 0; c < count; ++c) {
    const bool is_it = x[c] == largest[c];
    dx[c] += is_it ? rest[c] : Real{0};
    rest[c] = is_it ? Real{0} : rest[c];
  }
}

void add_scaled(Real* __restrict to, const Real* __restrict from, Real factor, std::size_t count) {
  for (std::size_t c = 0; c < count; ++c) to[c] += from[c] * factor;
}

}  // namespace

void max_pool(Team& team, const PoolingShape& s, ConstMatrix x, Matrix y) {
  each_output(team, s, x.cols(),
              [&](std::size_t sample, std::size_t row, std::size_t col, std::size_t offset) {
                const Real* image = x.col(sample).data();
                Real* largest = y.col(sample).data() + offset;
                bool is_first = true;
                each_of_window(s, row, col, [&](std::size_t pixel) {
                  if (is_first) {
                    std::copy_n(image + pixel, s.channels, largest);
                  } else {
                    take_larger(largest, image + pixel, s.channels);
                  }
                  is_first = false;
                });
              });
}

void max_pool_gradient(Team& team, const PoolingShape& s, ConstMatrix x, ConstMatrix y,
                       ConstMatrix dy, Matrix dx) {
  each_gradient(team, s, dx,
                [&](std::size_t sample, std::size_t row, std::size_t col, std::size_t offset) {
                  for (std::size_t c = 0; c < s.channels; c += channel_part) {
                    const std::size_t count = std::min(channel_part, s.channels - c);
                    Real rest[channel_part];
                    std::copy_n(dy.col(sample).data() + offset + c, count, rest);
                    each_of_window(s, row, col, [&](std::size_t pixel) {
                      give_where_equal(dx.col(sample).data() + pixel + c, rest,
                                       x.col(sample).data() + pixel + c,
                                       y.col(sample).data() + offset + c, count);
                    });
                  }
                });
}

void average_pool(Team& team, const PoolingShape& s, ConstMatrix x, Matrix y) {
  each_output(team, s, x.cols(),
              [&](std::size_t sample, std::size_t row, std::size_t col, std::size_t offset) {
                Real* mean = y.col(sample).data() + offset;
                std::fill_n(mean, s.channels, Real{0});
                each_of_window(s, row, col, [&](std::size_t pixel) {
                  add_scaled(mean, x.col(sample).data() + pixel, Real{1}, s.channels);
                });
                const auto size = static_cast<Real>(window_size(s, row, col));
                for (std::size_t c = 0; c < s.channels; ++c) mean[c] /= size;
              });
}

void average_pool_gradient(Team& team, const PoolingShape& s, ConstMatrix dy, Matrix dx) {
  each_gradient(team, s, dx,
                [&](std::size_t sample, std::size_t row, std::size_t col, std::size_t offset) {
                  const Real part = Real{1} / static_cast<Real>(window_size(s, row, col));
                  each_of_window(s, row, col, [&](std::size_t pixel) {
                    add_scaled(dx.col(sample).data() + pixel, dy.col(sample).data() + offset, part,
                               s.channels);
                  });
                });
}

}  // namespace tusk::kernels
