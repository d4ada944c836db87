// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "net/graph/network.hpp"
#include "net/kernels/products.hpp"

using namespace tusk;

namespace {

double error(ConstMatrix result, auto expected) {
  double largest = 0.0;
  for (std::size_t col = 0; col < result.cols(); ++col) {
    for (std::size_t row = 0; row < result.rows(); ++row) {
      largest = std::max(largest, std::abs(result(row, col) - expected(row, col)));
    }
  }
  return largest;
}

double dot(std::size_t count, auto term) {
  double sum = 0.0;
  for (std::size_t k = 0; k < count; ++k) sum += term(k);
  return sum;
}

}  // namespace

TEST_CASE("the three products agree with their definitions at any size") {
  struct Size {
    std::size_t out, in, batch;
  };
  for (const auto& [out, in, batch] : {Size{1, 1, 1},
                                       {2, 3, 4},
                                       {10, 200, 4},
                                       {47, 33, 9},
                                       {49, 17, 8},
                                       {96, 520, 7},
                                       {200, 100, 1},
                                       {130, 77, 65},
                                       {3, 1030, 33},
                                       {1030, 3, 33},
                                       {2060, 50, 70},
                                       {16, 49, 16},
                                       {53, 67, 40},
                                       {53, 24, 40},
                                       {500, 30, 64}}) {
    CAPTURE(out);
    CAPTURE(in);
    CAPTURE(batch);
    const auto w_values = graph::random_values(out * in, -1, 1, 1);
    const auto x_values = graph::random_values(in * batch, -1, 1, 2);
    const auto z_values = graph::random_values(out * batch, -1, 1, 3);
    const ConstMatrix w(w_values.data(), out, in);
    const ConstMatrix x(x_values.data(), in, batch);
    const ConstMatrix dz(z_values.data(), out, batch);
    // Something to overwrite, in the same number of elements as the products have.
    std::vector<float> y(out * batch, NAN), dx(in * batch, NAN), dw(out * in, NAN);

    kernels::Team alone;
    std::vector<float> finished(y.size());  // each element once
    kernels::multiply(alone, w, x, {y.data(), out, batch}, [&](std::size_t row, Span values) {
      const auto begin = static_cast<std::size_t>(values.data() - y.data());
      CHECK(begin % out == row);
      for (std::size_t i = 0; i < values.size(); ++i) finished[begin + i] += 1.0F;
    });
    CHECK(finished == std::vector<float>(y.size(), 1.0F));
    CHECK(error({y.data(), out, batch}, [&](std::size_t o, std::size_t b) {
            return dot(in, [&](std::size_t i) { return double{w(o, i)} * x(i, b); });
          }) < 1e-4);
    kernels::multiply_transposed(alone, w, dz, {dx.data(), in, batch});
    CHECK(error({dx.data(), in, batch}, [&](std::size_t i, std::size_t b) {
            return dot(out, [&](std::size_t o) { return double{w(o, i)} * dz(o, b); });
          }) < 1e-4);
    kernels::multiply_by_transpose(dz, x, 0, {dw.data(), out, in});
    CHECK(error({dw.data(), out, in}, [&](std::size_t o, std::size_t i) {
            return dot(batch, [&](std::size_t b) { return double{dz(o, b)} * x(i, b); });
          }) < 1e-4);
    const std::vector<float> whole = dw;
    const std::size_t first = in / 3;
    kernels::multiply_by_transpose(dz, x, first, {dw.data() + first * out, out, in - first});
    CHECK(dw == whole);  // to the bit, however the columns are cut
  }
}

TEST_CASE("products of some rows of matrices, and added to what is there") {
  struct Size {
    std::size_t out, in, batch;
  };
  for (const auto& [out, in, batch] : {Size{5, 3, 2}, {30, 20, 7}, {50, 70, 33}, {64, 200, 64}}) {
    CAPTURE(out);
    const auto w_values = graph::random_values((out + 3) * in, -1, 1, 1);
    const auto x_values = graph::random_values((in + 1) * batch, -1, 1, 2);
    const auto z_values = graph::random_values((out + 2) * batch, -1, 1, 3);
    const ConstMatrix w(w_values.data(), out + 3, in);
    const ConstMatrix x(x_values.data(), in + 1, batch);
    const ConstMatrix dz(z_values.data(), out + 2, batch);
    const auto w_rows = kernels::rows_of(w, 2, out);
    kernels::Team alone;

    std::vector<float> y((out + 4) * batch, 0.5F);
    kernels::multiply(
        alone, w_rows, kernels::rows_of(x, 1, in),
        kernels::rows_of(Matrix(y.data(), out + 4, batch), 3, out),
        [](std::size_t, Span values) {
          for (float& value : values) value *= 2.0F;
        },
        kernels::Sum::add);
    CHECK(error({y.data(), out + 4, batch}, [&](std::size_t o, std::size_t b) {
            if (o < 3 || o >= out + 3) return 0.5;
            return 1.0 +
                   2.0 * dot(in, [&](std::size_t i) { return double{w(o - 1, i)} * x(i + 1, b); });
          }) < 1e-4);

    std::vector<float> dx((in + 2) * batch, 0.5F);
    kernels::multiply_transposed(alone, w_rows, kernels::rows_of(dz, 1, out),
                                 kernels::rows_of(Matrix(dx.data(), in + 2, batch), 1, in),
                                 kernels::Sum::add);
    CHECK(error({dx.data(), in + 2, batch}, [&](std::size_t i, std::size_t b) {
            if (i < 1 || i > in) return 0.5;
            return 0.5 +
                   dot(out, [&](std::size_t o) { return double{w(o + 2, i - 1)} * dz(o + 1, b); });
          }) < 1e-4);

    std::vector<float> dw((out + 2) * in, 0.5F);
    kernels::multiply_by_transpose(kernels::rows_of(dz, 1, out), kernels::rows_of(x, 1, in), 0,
                                   kernels::rows_of(Matrix(dw.data(), out + 2, in), 2, out));
    CHECK(error({dw.data(), out + 2, in}, [&](std::size_t o, std::size_t i) {
            if (o < 2) return 0.5;
            return dot(batch, [&](std::size_t b) { return double{dz(o - 1, b)} * x(i + 1, b); });
          }) < 1e-4);
  }
}
