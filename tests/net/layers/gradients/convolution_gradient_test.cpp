// SPDX-License-Identifier: Apache-2.0
#include "gradient_error.hpp"

using namespace tusk;

namespace {

// With a layer before it, whose gradients come through its input's, and a dense one behind it.
double error_of_image(const LayerEntry& layer) {
  return error_with_values(network({Conv2dOptions{.filters = 3, .kernel_size = {{1}}}, layer,
                                    FlattenOptions{}, DenseOptions{.units = 3}},
                                   LossKind::mse),
                           {5, 7, 2});
}

double error_of_steps(const LayerEntry& layer) {
  return error_with_values(network({Conv1dOptions{.filters = 3, .kernel_size = {{1}}}, layer,
                                    FlattenOptions{}, DenseOptions{.units = 3}},
                                   LossKind::mse),
                           {9, 2});
}

}  // namespace

TEST_CASE("convolutions") {
  CHECK(error_of_steps(Conv1dOptions{.filters = 4,
                                     .kernel_size = {{3}},
                                     .padding = TimePadding::causal,
                                     .dilation_rate = {{2}},
                                     .activation = Activation::gelu}) < 1e-6);
  CHECK(error_of_image(Conv2dOptions{.filters = 6,
                                     .kernel_size = {{3, 2}},
                                     .strides = {{2, 1}},
                                     .padding = Padding::same,
                                     .groups = 3,
                                     .activation = Activation::softmax}) < 1e-6);
  CHECK(error_of_image(Conv2dOptions{.filters = 9,
                                     .kernel_size = {{2, 3}},
                                     .dilation_rate = {{3, 2}},
                                     .activation = Activation::relu}) < 1e-6);
  CHECK(error_of_image(Conv2dTransposeOptions{.filters = 4,
                                              .kernel_size = {{3, 2}},
                                              .strides = {{2, 3}},
                                              .activation = Activation::elu}) < 1e-6);
  CHECK(error_of_image(DepthwiseConv2dOptions{.kernel_size = {{2, 3}},
                                              .strides = {{2}},
                                              .padding = Padding::same,
                                              .depth_multiplier = 2,
                                              .activation = Activation::sigmoid}) < 1e-6);
}

TEST_CASE("pooling, up-sampling and padding") {
  const MaxPooling2dOptions overlapping{.pool_size = {{3, 2}}, .strides = PerAxis{{2, 1}}};
  CHECK(error_of_image(overlapping) < 1e-6);
  CHECK(error_of_image(MaxPooling2dOptions{.padding = Padding::same}) < 1e-6);
  CHECK(error_of_image(AveragePooling2dOptions{.pool_size = {{3, 4}}, .padding = Padding::same}) <
        1e-6);
  CHECK(error_of_steps(MaxPooling1dOptions{}) < 1e-6);
  CHECK(error_of_steps(AveragePooling1dOptions{.pool_size = {{4}}}) < 1e-6);
  CHECK(error_of_image(GlobalMaxPooling2dOptions{}) < 1e-6);
  CHECK(error_of_image(GlobalAveragePooling2dOptions{.keepdims = true}) < 1e-6);
  CHECK(error_of_steps(GlobalMaxPooling1dOptions{.keepdims = true}) < 1e-6);
  CHECK(error_of_steps(GlobalAveragePooling1dOptions{}) < 1e-6);
  CHECK(error_of_image(UpSampling2dOptions{.size = {{2, 3}}}) < 1e-6);
  CHECK(error_of_image(UpSampling2dOptions{.size = {{3, 2}},
                                           .interpolation = Interpolation::bilinear}) < 1e-6);
  CHECK(error_of_image(ZeroPadding2dOptions{.padding = {{{{1, 2}}, {{0, 3}}}}}) < 1e-6);
}
