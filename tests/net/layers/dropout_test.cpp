// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <optional>
#include <vector>

#include "net/layers/make_layer.hpp"
#include "tusk/error.hpp"

using namespace tusk;

namespace {

constexpr std::size_t features = 37;
constexpr std::size_t batch = 53;

std::unique_ptr<layers::Layer> dropout(double rate) {
  const Shape shape{features};
  return layers::make_layer(DropoutOptions{rate}, {&shape, 1}, "model.layers.1");
}

// What a dropout layer makes of a batch of ones.
std::vector<float> drop_ones(double rate, const layers::Pass& pass) {
  const auto layer = dropout(rate);
  const std::vector<float> ones(features * batch, 1.0F);
  std::vector<float> result(ones.size());
  std::vector<float> kept(ones.size());
  const ConstMatrix x(ones.data(), features, batch);
  const Matrix y(result.data(), features, batch);
  layer->forward({.pass = pass,
                  .inputs = {&x, 1},
                  .outputs = {&y, 1},
                  .kept = {kept.data(), features, batch}});
  return result;
}

layers::Pass training(std::uint64_t seed, std::uint32_t worker, std::uint64_t step,
                      std::uint32_t layer) {
  static kernels::Team alone;
  return {.team = alone,
          .mode = layers::Mode::training,
          .step = {.seed = seed, .worker = worker, .step = step},
          .layer = layer};
}

}  // namespace

TEST_CASE("a mask is a function of seed, worker, step and layer, and of nothing else") {
  const std::vector<float> mask = drop_ones(0.5, training(1, 2, 3, 4));
  CHECK(drop_ones(0.5, training(1, 2, 3, 4)) == mask);
  CHECK(drop_ones(0.5, training(9, 2, 3, 4)) != mask);
  CHECK(drop_ones(0.5, training(1, 9, 3, 4)) != mask);
  CHECK(drop_ones(0.5, training(1, 2, 9, 4)) != mask);
  CHECK(drop_ones(0.5, training(1, 2, 3, 9)) != mask);
}

TEST_CASE("an input is dropped at the rate and scaled otherwise, so that the mean stays") {
  for (const double rate : {0.1, 0.4, 0.9}) {
    std::size_t dropped = 0;
    std::size_t kept = 0;
    constexpr std::size_t steps = 50;
    for (std::uint64_t step = 0; step < steps; ++step) {
      const std::vector<float> y = drop_ones(rate, training(1, 0, step, 1));
      const auto scale = static_cast<float>(1.0 / (1.0 - rate));
      dropped += static_cast<std::size_t>(std::count(y.begin(), y.end(), 0.0F));
      kept += static_cast<std::size_t>(std::count(y.begin(), y.end(), scale));
    }
    const double count = static_cast<double>(steps * features * batch);
    CHECK(static_cast<double>(dropped + kept) == count);
    const double deviation = std::sqrt(rate * (1.0 - rate) / count);
    CHECK(std::abs(static_cast<double>(dropped) / count - rate) < 4.0 * deviation);
  }
}

TEST_CASE("neighbours are dropped independently") {
  std::size_t both = 0;
  const std::vector<float> mask = drop_ones(0.5, training(1, 0, 0, 0));
  for (std::size_t i = 1; i < mask.size(); ++i) both += mask[i - 1] == 0 && mask[i] == 0;
  CHECK(static_cast<double>(both) / static_cast<double>(mask.size()) ==
        doctest::Approx(0.25).epsilon(0.1));
}

TEST_CASE("in inference, and at rate 0, dropout's output is its input") {
  using layers::Mode;
  for (const auto& [rate, mode] :
       {std::pair{0.5, Mode::inference}, {0.0, Mode::inference}, {0.0, Mode::training}}) {
    const layers::LayerMemory memory = dropout(rate)->memory(mode);
    CHECK(memory.views == std::vector<std::optional<std::size_t>>{0});
    CHECK(memory.kept == 0);
  }
  CHECK(dropout(0.5)->memory(Mode::training).views.empty());
}

TEST_CASE("a rate outside [0, 1) is an error that names the key") {
  for (const double rate : {-0.1, 1.0, std::nan("")}) {
    CHECK_THROWS_WITH_AS(dropout(rate), doctest::Contains("model.layers.1.rate must be"), Error);
  }
}
