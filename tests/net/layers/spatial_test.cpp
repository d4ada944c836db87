// SPDX-License-Identifier: Apache-2.0
// Layers over space and time: what cannot be, and what results do not depend on.
#include <doctest/doctest.h>

#include <vector>

#include "check_fails.hpp"
#include "net/layers/make_layer.hpp"

using namespace tusk;

namespace {

std::unique_ptr<layers::Layer> make_spatial(const LayerOptions& options, const Shape& input) {
  return layers::make_layer(options, {&input, 1}, "model.layers.3");
}

#define CHECK_REFUSED(input, message, ...) \
  CHECK_FAILS(make_spatial(__VA_ARGS__, input), ExitCode::bad_experiment, message)

}  // namespace

TEST_CASE("convolutions that cannot be are refused, by name") {
  CHECK_REFUSED(
      (Shape{28, 28}),
      "model.layers.3: it takes samples of shape (height, width, channels), but its input "
      "has shape (28, 28); a reshape",
      Conv2dOptions{.filters = 4, .kernel_size = {{3}}});
  CHECK_REFUSED((Shape{5, 6, 7}), "it takes samples of shape (steps, channels), but its input has",
                Conv1dOptions{.filters = 4, .kernel_size = {{3}}});
  CHECK_REFUSED(
      (Shape{5, 6, 3}),
      "model.layers.3: its windows of shape (3, 7) do not fit into its input of shape (5, "
      "6, 3)",
      Conv2dOptions{.filters = 4, .kernel_size = {{3, 7}}});
  CHECK_REFUSED((Shape{5, 6, 3}), "its windows of shape (5, 7) do not fit",
                Conv2dOptions{.filters = 4, .kernel_size = {{3}}, .dilation_rate = {{2, 3}}});
  CHECK_REFUSED(
      (Shape{9, 8, 3}),
      "model.layers.3: strides and dilation_rate are both above 1; a convolution can have "
      "one of them",
      Conv2dOptions{
          .filters = 4, .kernel_size = {{2}}, .strides = {{1, 2}}, .dilation_rate = {{2, 1}}});
  CHECK_REFUSED(
      (Shape{9, 8, 3}), "strides and dilation_rate are both above 1",
      DepthwiseConv2dOptions{.kernel_size = {{2}}, .strides = {{2}}, .dilation_rate = {{2}}});
  CHECK_REFUSED(
      (Shape{9, 8, 4}),
      "model.layers.3: its 6 filters and its input's 4 channels must both be multiples of "
      "its 3 groups",
      Conv2dOptions{.filters = 6, .kernel_size = {{2}}, .groups = 3});
  CHECK_REFUSED(
      (Shape{9, 8, 4}),
      "model.layers.3.kernel_size must have one number, or one for each of the 2 axes, but "
      "has 3",
      Conv2dOptions{.filters = 6, .kernel_size = {{1, 2, 3}}});
  CHECK_REFUSED((Shape{9, 4}), "model.layers.3.strides must have one number, but has 2",
                Conv1dOptions{.filters = 6, .kernel_size = {{1}}, .strides = {{1, 2}}});
  CHECK_REFUSED((Shape{9, 4}), "model.layers.3.kernel_size must have at least one element",
                Conv1dOptions{.filters = 6});
  CHECK_REFUSED((Shape{9, 4}), "model.layers.3.kernel_size must be between 1 and",
                Conv1dOptions{.filters = 6, .kernel_size = {{0}}});
  CHECK_REFUSED(
      (Shape{9, 8, 4}),
      "model.layers.3.output_padding must be below the strides, but is 2 where these are 2",
      Conv2dTransposeOptions{
          .filters = 2, .kernel_size = {{3}}, .strides = {{2}}, .output_padding = PerAxis{{1, 2}}});
  CHECK_REFUSED((Shape{1, 8, 4}), "with this output_padding nothing is left of its input",
                Conv2dTransposeOptions{.filters = 2,
                                       .kernel_size = {{2}},
                                       .padding = Padding::same,
                                       .output_padding = PerAxis{{0}}});
  CHECK_REFUSED(
      (Shape{9, 8, 4}), "which is too large",
      Conv2dOptions{
          .filters = 2000000000, .kernel_size = {{2000000000}}, .padding = Padding::same});
}

TEST_CASE("pooling, up-sampling and padding that cannot be are refused") {
  CHECK_REFUSED((Shape{3, 4, 5}), "its windows of shape (4, 4) do not fit into its input of shape",
                MaxPooling2dOptions{.pool_size = {{4}}});
  CHECK_REFUSED((Shape{3, 5}), "model.layers.3.pool_size must have one number, but has 2",
                AveragePooling1dOptions{.pool_size = {{2, 3}}});
  CHECK_REFUSED((Shape{12}), "it takes samples of shape (steps, channels)",
                GlobalMaxPooling1dOptions{});
  CHECK_REFUSED((Shape{3, 4, 5}), "model.layers.3.size.0 must be between 1 and",
                UpSampling2dOptions{.size = {{0, 2}}});
  CHECK_REFUSED((Shape{3, 4, 5}),
                "model.layers.3.padding must be a number, two, or [[top, bottom], [left, right]]",
                ZeroPadding2dOptions{.padding = {{{{1, 2, 3}}, {{1}}}}});
  CHECK_REFUSED((Shape{3, 4, 5}), "model.layers.3.padding must be a number, two, or",
                ZeroPadding2dOptions{.padding = {{{{1, 2}}}}});
}

TEST_CASE("the largest of equal numbers passes its gradient on once") {
  const Shape shape{4, 2};
  const auto layer = make_spatial(MaxPooling1dOptions{}, shape);
  kernels::Team team;
  const layers::Pass pass{.team = team, .mode = layers::Mode::training};
  const std::vector<Real> x{1, 5, 1, 7, 2, 3, 4, 3};  // (steps, channels)
  std::vector<Real> y(4), dy{10, 20, 30, 40}, dx(8, Real{9});
  const ConstMatrix input(x.data(), 8, 1);
  const Matrix output(y.data(), 4, 1);
  const ConstMatrix computed = output;
  const Matrix gradient(dy.data(), 4, 1);
  const Matrix input_gradient(dx.data(), 8, 1);
  layer->forward({.pass = pass, .inputs = {&input, 1}, .outputs = {&output, 1}});
  CHECK(y == std::vector<Real>{1, 7, 4, 3});
  layers::WholeGradients none{{}};
  layer->backward({.pass = pass,
                   .inputs = {&input, 1},
                   .outputs = {&computed, 1},
                   .output_gradients = {&gradient, 1},
                   .input_gradients = {&input_gradient, 1},
                   .gradients = layers::LayerGradients(none, 0)});
  CHECK(dx == std::vector<Real>{10, 0, 0, 20, 0, 40, 30, 0});  // the first in each window
}
