// SPDX-License-Identifier: Apache-2.0
// Layers that move a sample's numbers, and what they say of shapes that do not fit.
#include <doctest/doctest.h>

#include <numeric>
#include <vector>

#include "check_fails.hpp"
#include "net/layers/make_layer.hpp"

using namespace tusk;

namespace {

std::unique_ptr<layers::Layer> made(const LayerOptions& options, const Shape& input) {
  return layers::make_layer(options, {&input, 1}, "model.layers.1");
}

Shape shape_of(const LayerOptions& options, const Shape& input) {
  return made(options, input)->output_shapes().front();
}

// Where the numbers 0, 1, … of two samples, one behind the other, have come to.
std::vector<Real> moved(const LayerOptions& options, const Shape& input) {
  const auto layer = made(options, input);
  kernels::Team team;
  const layers::Pass pass{.team = team};
  std::vector<Real> numbers(2 * input.elements());
  std::iota(numbers.begin(), numbers.end(), Real{0});
  const std::size_t outputs = layer->output_shapes().front().elements();
  std::vector<Real> result(2 * outputs);
  const ConstMatrix x(numbers.data(), input.elements(), 2);
  const Matrix y(result.data(), outputs, 2);
  layer->forward({.pass = pass, .inputs = {&x, 1}, .outputs = {&y, 1}});
  return result;
}

std::vector<std::int64_t> target(std::vector<std::int64_t> shape) { return shape; }

}  // namespace

TEST_CASE("permute puts axis dims[i] of the input in place i") {
  CHECK(shape_of(PermuteOptions{.dims = {3, 1, 2}}, {2, 3, 4}) == Shape{4, 2, 3});
  CHECK(moved(PermuteOptions{.dims = {2, 1}}, {2, 3}) ==
        std::vector<Real>{0, 3, 1, 4, 2, 5, 6, 9, 7, 10, 8, 11});
  const std::vector<Real> in_blocks = moved(PermuteOptions{.dims = {2, 1, 3}}, {2, 3, 2});
  CHECK(std::vector<Real>(in_blocks.begin(), in_blocks.begin() + 12) ==
        std::vector<Real>{0, 1, 6, 7, 2, 3, 8, 9, 4, 5, 10, 11});
}

TEST_CASE("repeat_vector gives every step the features") {
  CHECK(moved(RepeatVectorOptions{.n = 3}, {2}) ==
        std::vector<Real>{0, 1, 0, 1, 0, 1, 2, 3, 2, 3, 2, 3});
}

TEST_CASE("reshape may leave one extent open") {
  CHECK(shape_of(ReshapeOptions{target({4, 6})}, {2, 3, 4}) == Shape{4, 6});
  CHECK(shape_of(ReshapeOptions{target({-1})}, {2, 3, 4}) == Shape{24});
  CHECK(shape_of(ReshapeOptions{target({4, -1, 3})}, {2, 3, 4}) == Shape{4, 2, 3});
}

TEST_CASE("shapes that do not fit are told with what they should hold") {
  const auto fails = [](const LayerOptions& options, const std::string& message) {
    CHECK_FAILS(made(options, {2, 3, 4}), ExitCode::bad_experiment, "model.layers.1" + message);
  };
  fails(ReshapeOptions{target({5, 5})},
        ".target_shape [5, 5] cannot hold the 24 numbers of the input (2, 3, 4)");
  fails(ReshapeOptions{target({5, -1})}, ".target_shape [5, -1] cannot hold the 24 numbers");
  fails(ReshapeOptions{target({2147483647, 2147483647, 2147483647})},
        ".target_shape [2147483647, 2147483647, 2147483647] cannot hold");
  fails(ReshapeOptions{target({-1, -1})}, ".target_shape may leave one extent open");
  fails(ReshapeOptions{target({0, 24})}, ".target_shape has an extent of 0");
  fails(ReshapeOptions{}, ".target_shape must have at least one element");
  fails(PermuteOptions{.dims = {1, 2}}, ".dims [1, 2] must name each axis");
  fails(PermuteOptions{.dims = {1, 2, 2}}, ".dims [1, 2, 2] must name each axis");
  fails(PermuteOptions{.dims = {0, 1, 2}}, ".dims.0 must be between 1 and");
  fails(RepeatVectorOptions{.n = 2}, ": it repeats one axis of features, but its input has shape");
  fails(SoftmaxOptions{.axis = 0}, ".axis must be an axis of the input's shape (2, 3, 4)");
  fails(SoftmaxOptions{.axis = 4},
        ".axis must be an axis of the input's shape (2, 3, 4): between 1 and 3, or counted from "
        "the end between -1 and -3, but is 4");
  fails(PreluOptions{.shared_axes = {4}},
        ".shared_axes has 4, but the input's shape (2, 3, 4) has axes 1 to 3");
}
