// SPDX-License-Identifier: Apache-2.0
#include "net/kernels/convolution.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <vector>

#include "net/graph/network.hpp"

using namespace tusk;
using kernels::ConvolutionShape;

namespace {

constexpr std::size_t images = 3;

using Values = AlignedVector<float>;

// Calls `term` for each tap of each place of the small image: with the place, the place of the
// large image that it sees, and where the kernel's (channels, filters) begin.
void each_tap(const ConvolutionShape& s,
              const std::function<void(std::size_t, std::size_t, std::size_t)>& term) {
  const std::size_t block = s.channels / s.groups * s.filters;
  const auto seen = [](const kernels::ConvolutionAxis& a, std::size_t i, std::size_t k) {
    return static_cast<std::ptrdiff_t>(i * a.stride + k * a.dilation) -
           static_cast<std::ptrdiff_t>(a.before);
  };
  const auto is_in = [](const kernels::ConvolutionAxis& a, std::ptrdiff_t place) {
    return place >= 0 && place < static_cast<std::ptrdiff_t>(a.large);
  };
  for (std::size_t i = 0; i < s.rows.small * s.cols.small; ++i) {
    for (std::size_t k = 0; k < s.rows.kernel * s.cols.kernel; ++k) {
      const std::ptrdiff_t row = seen(s.rows, i / s.cols.small, k / s.cols.kernel);
      const std::ptrdiff_t col = seen(s.cols, i % s.cols.small, k % s.cols.kernel);
      if (!is_in(s.rows, row) || !is_in(s.cols, col)) continue;
      term(i, static_cast<std::size_t>(row) * s.cols.large + static_cast<std::size_t>(col),
           k * block);
    }
  }
}

// Calls `product` with the indices of an element of the small image, of the large one and of the
// kernel for each product of a convolution.
void each_product(const ConvolutionShape& s,
                  const std::function<void(std::size_t, std::size_t, std::size_t)>& product) {
  const std::size_t inner = s.channels / s.groups;
  const std::size_t outer = s.filters / s.groups;
  each_tap(s, [&](std::size_t small, std::size_t large, std::size_t kernel) {
    for (std::size_t c = 0; c < inner; ++c) {
      for (std::size_t f = 0; f < s.filters; ++f) {
        product(small * s.filters + f, large * s.channels + f / outer * inner + c,
                kernel + c * s.filters + f);
      }
    }
  });
}

double largest_error(const Values& values, const std::vector<double>& expected) {
  double largest = 0.0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    largest = std::max(largest, std::abs(double{values[i]} - expected[i]));
    if (std::isnan(values[i])) return values[i];
  }
  return largest;
}

// The three maps, by a team of so many threads.
struct Computed {
  Values small, large, dkernel, dbias;

  bool operator==(const Computed&) const = default;
};

struct Inputs {
  explicit Inputs(const ConvolutionShape& s)
      : kernel(graph::random_values(s.terms() * s.filters, -1, 1, 1)),
        large(graph::random_values(s.large_size() * images, -1, 1, 2)),
        small(graph::random_values(s.small_size() * images, -1, 1, 3)),
        filter_bias(graph::random_values(s.filters, -1, 1, 4)),
        channel_bias(graph::random_values(s.channels, -1, 1, 5)) {}

  Values kernel, large, small, filter_bias, channel_bias;
};

Computed compute(const ConvolutionShape& s, const Inputs& in, std::size_t threads) {
  kernels::Team team(threads);
  Computed out{Values(in.small.size(), NAN), Values(in.large.size(), NAN),
               Values(in.kernel.size(), NAN), Values(s.filters, NAN)};
  const std::size_t size = std::max({kernels::gather_scratch(s), kernels::spread_scratch(s),
                                     kernels::kernel_gradient_scratch(s)});
  Values memory(size * threads);
  const auto scratch = [&](const kernels::Share& share) {
    return Span(memory).subspan(share.index * size, size);
  };
  const ConstMatrix large(in.large.data(), s.large_size(), images);
  const ConstMatrix small(in.small.data(), s.small_size(), images);
  kernels::gather(team, s, in.kernel, large, {out.small.data(), s.small_size(), images},
                  {.bias = in.filter_bias, .relu = false}, scratch);
  kernels::spread(team, s, in.kernel, small, {out.large.data(), s.large_size(), images},
                  {.bias = in.channel_bias, .relu = true}, scratch);
  team.share(s.terms(), kernels::kernel_gradient_grain, 1 << 20, [&](const kernels::Share& share) {
    const Span part =
        Span(out.dkernel).subspan(share.first * s.filters, (share.last - share.first) * s.filters);
    kernels::kernel_gradient(s, large, small, share.first, part,
                             share.first == 0 ? Span(out.dbias) : Span(), scratch(share));
  });
  return out;
}

void check(const ConvolutionShape& s) {
  const Inputs in(s);
  const Computed out = compute(s, in, 1);
  std::vector<double> small(in.small.size()), large(in.large.size()), dkernel(in.kernel.size()),
      dbias(s.filters);
  for (std::size_t n = 0; n < images; ++n) {
    const std::size_t at_small = n * s.small_size();
    const std::size_t at_large = n * s.large_size();
    each_product(s, [&](std::size_t i, std::size_t j, std::size_t k) {
      small[at_small + i] += double{in.kernel[k]} * in.large[at_large + j];
      large[at_large + j] += double{in.kernel[k]} * in.small[at_small + i];
      dkernel[k] += double{in.large[at_large + j]} * in.small[at_small + i];
    });
  }
  for (std::size_t i = 0; i < small.size(); ++i) {
    small[i] += in.filter_bias[i % s.filters];
    dbias[i % s.filters] += in.small[i];
  }
  for (std::size_t j = 0; j < large.size(); ++j) {
    large[j] = std::max(large[j] + in.channel_bias[j % s.channels], 0.0);
  }
  CHECK(largest_error(out.small, small) < 1e-4 + 1e-7 * static_cast<double>(s.terms()));
  CHECK(largest_error(out.large, large) < 1e-4);
  CHECK(largest_error(out.dkernel, dkernel) < 1e-3);
  CHECK(largest_error(out.dbias, dbias) < 1e-4);
  for (const std::size_t threads : {2, 3, 7}) {
    CAPTURE(threads);
    CHECK(compute(s, in, threads) == out);  // to the bit
  }
}

// An axis as layers make it, `before` by hand.
kernels::ConvolutionAxis axis(std::size_t large, std::size_t kernel, std::size_t stride = 1,
                              std::size_t dilation = 1, std::size_t before = 0,
                              std::size_t after = 0) {
  const std::size_t seen = (kernel - 1) * dilation + 1;
  return {.large = large,
          .small = (large + before + after - seen) / stride + 1,
          .kernel = kernel,
          .stride = stride,
          .dilation = dilation,
          .before = before};
}

}  // namespace

TEST_CASE("convolutions agree with their definition, with any number of threads") {
  SUBCASE("valid") { check({axis(11, 3), axis(9, 2), 5, 17, 1}); }
  SUBCASE("one channel, as a first layer has") { check({axis(12, 3), axis(14, 3), 1, 32, 1}); }
  SUBCASE("one channel, with edges and vectors that filters do not fill") {
    check({axis(9, 3, 1, 1, 1, 1), axis(13, 3, 1, 1, 1, 1), 1, 20, 1});
  }
  SUBCASE("three channels, in several panels, rows that tiles do not fill") {
    check({axis(7, 3), axis(21, 5), 3, 131, 1});
  }
  SUBCASE("three channels, a row as wide as a tile") { check({axis(5, 2), axis(9, 3), 3, 16, 1}); }
  SUBCASE("one channel, rows narrower than a tile") { check({axis(6, 3), axis(5, 3), 1, 33, 1}); }
  SUBCASE("three filters, whose images spread as those of few channels") {
    check({axis(8, 3), axis(14, 3), 5, 3, 1});
  }
  SUBCASE("same") { check({axis(7, 3, 1, 1, 1, 1), axis(10, 4, 1, 1, 1, 2), 16, 48, 1}); }
  SUBCASE("one axis") { check({axis(1, 1), axis(10, 1), 14, 10, 1}); }
  SUBCASE("causal") { check({axis(1, 1), axis(13, 3, 1, 2, 4, 0), 3, 20, 1}); }
  SUBCASE("strides") { check({axis(13, 3, 2), axis(11, 2, 3), 4, 6, 1}); }
  SUBCASE("strides beyond the kernel") { check({axis(13, 2, 3), axis(11, 1, 4), 2, 33, 1}); }
  SUBCASE("strides and padding") {
    check({axis(9, 5, 2, 1, 2, 2), axis(8, 3, 2, 1, 0, 1), 3, 5, 1});
  }
  SUBCASE("dilation") { check({axis(15, 3, 1, 3), axis(12, 2, 1, 4), 6, 7, 1}); }
  SUBCASE("dilation and padding") {
    check({axis(8, 3, 1, 2, 2, 2), axis(5, 2, 1, 3, 1, 2), 3, 50, 1});
  }
  SUBCASE("groups") { check({axis(6, 3), axis(7, 2, 1, 1, 0, 1), 6, 9, 3}); }
  SUBCASE("groups of whole vectors") { check({axis(5, 2), axis(4, 2), 32, 64, 2}); }
  SUBCASE("a kernel as large as the image") { check({axis(4, 4), axis(5, 5), 7, 3, 1}); }
  SUBCASE("many filters, in several panels") { check({axis(5, 2), axis(6, 3), 9, 131, 1}); }
  SUBCASE("more than scratch holds at once") {
    check({axis(3, 3, 1, 1, 1, 1), axis(21, 3, 1, 1, 1, 1), 300, 70, 1});
  }
}

TEST_CASE("what is not a number stays so where the negative becomes 0") {
  const ConvolutionShape s{axis(3, 1), axis(4, 1), 1, 1, 1};
  kernels::Team team;
  const Values kernel{1.0F};
  Values large(s.large_size(), -1.0F);
  large[5] = NAN;
  Values small(s.small_size());
  Values memory(kernels::gather_scratch(s));
  kernels::gather(team, s, kernel, {large.data(), large.size(), 1}, {small.data(), small.size(), 1},
                  {.bias = {}, .relu = true}, [&](const kernels::Share&) { return Span(memory); });
  for (std::size_t i = 0; i < small.size(); ++i) {
    CHECK((i == 5 ? std::isnan(small[i]) : small[i] == 0.0F));
  }
}
