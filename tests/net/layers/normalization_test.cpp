// SPDX-License-Identifier: Apache-2.0
// The layers that normalize, call by call, against their formulas in double precision.
#include <doctest/doctest.h>

#include <cmath>
#include <string>
#include <vector>

#include "layer_call.hpp"
#include "tusk/error.hpp"

using namespace tusk;
using namespace tusk::layers;
using namespace tusk::layers::testing;

namespace {

struct Moments {
  std::vector<double> mean, variance;
};

// Of the numbers whose channel is (i / inner) % channels and that count.
Moments moments_of(const LayerCall& call, std::size_t channels, std::size_t inner) {
  const auto counts = [&](std::size_t i) {
    return call.mask.empty() || call.mask[i / (call.x.size() / call.mask.size())] != 0;
  };
  Moments moments{std::vector<double>(channels), std::vector<double>(channels)};
  for (std::size_t c = 0; c < channels; ++c) {
    double n = 0.0;
    for (std::size_t i = 0; i < call.x.size(); ++i) {
      if (i / inner % channels != c || !counts(i)) continue;
      moments.mean[c] += static_cast<double>(call.x[i]);
      ++n;
    }
    moments.mean[c] /= n;
    for (std::size_t i = 0; i < call.x.size(); ++i) {
      if (i / inner % channels != c || !counts(i)) continue;
      moments.variance[c] += std::pow(static_cast<double>(call.x[i]) - moments.mean[c], 2) / n;
    }
  }
  return moments;
}

double error_of(const LayerCall& call, const Moments& moments, std::size_t inner, double epsilon) {
  const std::size_t channels = moments.mean.size();
  double error = 0.0;
  for (std::size_t i = 0; i < call.x.size(); ++i) {
    const std::size_t c = i / inner % channels;
    const double normal = (static_cast<double>(call.x[i]) - moments.mean[c]) /
                          std::sqrt(moments.variance[c] + epsilon);
    const double expected = static_cast<double>(call.weights[c]) * normal +
                            static_cast<double>(call.weights[channels + c]);
    error = std::max(error, std::abs(static_cast<double>(call.y[i]) - expected));
  }
  return error;
}

std::string refusal_of(const LayerOptions& options, const Shape& input) {
  try {
    make_layer(options, {&input, 1}, "model.layers.3");
  } catch (const Error& error) {
    CHECK(error.code() == ExitCode::bad_experiment);
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("batch normalization: the batch's statistics normalize, and move the moving ones") {
  struct Case {
    Shape input;
    std::int64_t axis;
    std::size_t channels, inner;
  };
  for (const auto& [input, axis, channels, inner] : std::vector<Case>{{{5}, -1, 5, 1},
                                                                      {{7, 9, 3}, -1, 3, 1},
                                                                      {{11, 13, 70}, 3, 70, 1},
                                                                      {{4, 6, 9}, 1, 4, 54},
                                                                      {{4, 6, 9}, -2, 6, 9}}) {
    CAPTURE(input.to_string());
    LayerCall call(BatchNormalizationOptions{.axis = {{axis}}, .momentum = 0.9}, input, 17);
    const AlignedVector<Real> before = call.statistics;
    call.forward();
    const Moments moments = moments_of(call, channels, inner);
    CHECK(error_of(call, moments, inner, 1e-3) < 3e-6);
    for (std::size_t c = 0; c < channels; ++c) {
      const auto moved = [&](std::size_t i, double value) {
        return doctest::Approx(0.9 * static_cast<double>(before[i]) + 0.1 * value).epsilon(1e-6);
      };
      CHECK(static_cast<double>(call.statistics[c]) == moved(c, moments.mean[c]));
      CHECK(static_cast<double>(call.statistics[channels + c]) ==
            moved(channels + c, moments.variance[c]));
    }
  }
}

TEST_CASE(
    "batch normalization: in inference, and frozen, the moving statistics normalize and stay") {
  for (const bool frozen : {false, true}) {
    LayerCall call(BatchNormalizationOptions{}, {3, 5}, 8);
    const AlignedVector<Real> before = call.statistics;
    call.forward(frozen ? Mode::training : Mode::inference, frozen);
    CHECK(call.statistics == before);
    Moments moments;
    for (std::size_t c = 0; c < 5; ++c) {
      moments.mean.push_back(static_cast<double>(before[c]));
      moments.variance.push_back(static_cast<double>(before[5 + c]));
    }
    CHECK(error_of(call, moments, 1, 1e-3) < 3e-6);
  }
}

TEST_CASE("batch normalization: steps that a mask leaves out do not count") {
  AlignedVector<Real> mask(6 * 5, 1.0F);
  for (const std::size_t gone : {4U, 5U, 9U, 10U, 11U, 29U}) mask[gone] = 0.0F;
  LayerCall call(BatchNormalizationOptions{}, {6, 3}, 5, 1, mask);
  call.forward();
  CHECK(error_of(call, moments_of(call, 3, 1), 1, 1e-3) < 3e-6);
}

TEST_CASE("batch normalization: a channel of one number, and numbers far from 0") {
  LayerCall constant(BatchNormalizationOptions{}, {4}, 6);
  for (Real& value : constant.x) value = 7.25F;
  constant.forward();
  for (std::size_t i = 0; i < constant.y.size(); ++i) {
    CHECK(constant.y[i] == constant.weights[4 + i % 4]);
  }
  LayerCall far(BatchNormalizationOptions{}, {64, 3}, 40);
  for (Real& value : far.x) value += 3000.0F;
  far.forward();
  CHECK(error_of(far, moments_of(far, 3, 1), 1, 1e-3) < 2e-3);
}

TEST_CASE("layer normalization: each row by itself") {
  for (const auto& [axes, wide] :
       std::vector<std::pair<AxesOptions, std::size_t>>{{{{-1}}, 7}, {{{-1, -2}}, 35}}) {
    LayerCall call(LayerNormalizationOptions{.axis = axes, .epsilon = 1e-2}, {4, 5, 7}, 3);
    for (const Mode mode : {Mode::training, Mode::inference}) {
      call.forward(mode);
      double error = 0.0;
      for (std::size_t first = 0; first < call.x.size(); first += wide) {
        double mean = 0.0;
        double variance = 0.0;
        const auto n = static_cast<double>(wide);
        for (std::size_t j = 0; j < wide; ++j) mean += static_cast<double>(call.x[first + j]) / n;
        for (std::size_t j = 0; j < wide; ++j) {
          variance += std::pow(static_cast<double>(call.x[first + j]) - mean, 2) / n;
        }
        for (std::size_t j = 0; j < wide; ++j) {
          const double normal =
              (static_cast<double>(call.x[first + j]) - mean) / std::sqrt(variance + 1e-2);
          const double expected = static_cast<double>(call.weights[j]) * normal +
                                  static_cast<double>(call.weights[wide + j]);
          error = std::max(error, std::abs(static_cast<double>(call.y[first + j]) - expected));
        }
      }
      CHECK(error < 3e-6);
    }
  }
}

TEST_CASE("rescaling and normalization: one affine map each") {
  LayerCall rescaling(RescalingOptions{.scale = 0.25, .offset = -1.5}, {3, 4}, 5);
  rescaling.forward(Mode::inference);
  for (std::size_t i = 0; i < rescaling.x.size(); ++i) {
    CHECK(rescaling.y[i] == rescaling.x[i] * 0.25F - 1.5F);
  }
  LayerCall learned(NormalizationOptions{}, {3, 4}, 5);
  learned.statistics[4] = 0.0F;  // the first variance: divided by 1e-7 instead
  learned.forward(Mode::training, true);
  LayerCall given(
      NormalizationOptions{.axis = {{1}}, .mean = {{2.0}}, .variance = {{4.0, 9.0, 16.0}}}, {3, 4},
      5);
  given.forward(Mode::inference);
  LayerCall inverted(NormalizationOptions{.mean = {{2.0}}, .variance = {{9.0}}, .invert = true},
                     {3, 4}, 5);
  inverted.forward(Mode::inference);
  for (std::size_t i = 0; i < learned.x.size(); ++i) {
    const double mean = static_cast<double>(learned.statistics[i % 4]);
    const double deviation =
        std::max(std::sqrt(static_cast<double>(learned.statistics[4 + i % 4])), 1e-7);
    CHECK(static_cast<double>(learned.y[i]) ==
          doctest::Approx((static_cast<double>(learned.x[i]) - mean) / deviation).epsilon(1e-6));
    const auto x = static_cast<double>(given.x[i]);
    CHECK(static_cast<double>(given.y[i]) ==
          doctest::Approx((x - 2.0) / (2.0 + static_cast<double>(i / 4 % 3))).epsilon(1e-6));
    CHECK(static_cast<double>(inverted.y[i]) == doctest::Approx(2.0 + 3.0 * x).epsilon(1e-6));
  }
}

TEST_CASE("layers that normalize: the same bits for any number of threads") {
  for (const LayerOptions& options :
       {LayerOptions(BatchNormalizationOptions{}), LayerOptions(LayerNormalizationOptions{}),
        LayerOptions(NormalizationOptions{}), LayerOptions(RescalingOptions{.scale = 3.0})}) {
    LayerCall alone(options, {29, 31, 18}, 23);
    alone.forward();
    alone.backward();
    for (const std::size_t threads : {2U, 3U}) {
      LayerCall together(options, {29, 31, 18}, 23, threads);
      together.forward();
      together.backward();
      CHECK(together.y == alone.y);
      CHECK(together.dx == alone.dx);
      CHECK(together.gradients == alone.gradients);
      CHECK(together.statistics == alone.statistics);
    }
  }
}

TEST_CASE("layers that normalize: what cannot be is refused with the layer's key") {
  const auto wrong_axis = refusal_of(BatchNormalizationOptions{.axis = {{3}}}, {4, 5});
  CHECK(wrong_axis.starts_with("model.layers.3.axis must be an axis of the input's shape (4, 5)"));
  CHECK(refusal_of(BatchNormalizationOptions{.axis = {{0}}}, {4, 5}).starts_with("model.layers.3"));
  CHECK(refusal_of(BatchNormalizationOptions{.axis = {{1, 2}}}, {4, 5})
            .ends_with("must be one axis, but names 2"));
  CHECK(refusal_of(LayerNormalizationOptions{.axis = {{1}}}, {4, 5})
            .starts_with("model.layers.3.axis must be the last axes of a sample of shape (4, 5)"));
  CHECK(refusal_of(LayerNormalizationOptions{.axis = {{-1, 2}}}, {4, 5})
            .ends_with("must name at least one axis, and none twice"));
  CHECK(refusal_of(NormalizationOptions{.mean = {{1.0}}}, {4}).ends_with("both or none"));
  CHECK(refusal_of(NormalizationOptions{.mean = {{1.0, 2.0, 3.0}}, .variance = {{1.0}}}, {4})
            .ends_with("must have one number, or one for each of 4 channels, but has 3"));
  const Shape input{4};
  const auto layer = make_layer(NormalizationOptions{}, {&input, 1}, "model.layers.3");
  const Parameter mean = layer->parameters().front();
  Random random(1, Stream::initial_weights);
  AlignedVector<Real> values(4);
  CHECK_THROWS_AS(mean.initializer(mean, random, values), Error);
}
