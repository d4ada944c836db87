// SPDX-License-Identifier: Apache-2.0
// A rule of a user's own, written against optimizer.hpp alone: the example of that header.
#include "tusk/optimizer.hpp"

#include <doctest/doctest.h>

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "net/optim/make_optimizer.hpp"
#include "tusk/random.hpp"

using namespace tusk;
using optim::CommonOptions;
using optim::Optimizer;

namespace {

class Momentum final : public Optimizer {
 public:
  Momentum(const CommonOptions& common, float momentum)
      : Optimizer(common), momentum_(momentum), velocity_(add_state("momentum", size())) {}

 private:
  void update(const Part& part) override {
    const auto rule = [rate = rate(), momentum = momentum_](float& x, float g, float& v) {
      v = momentum * v - rate * g;
      x += v;
    };
    sweep(part, rule, velocity_);
  }

  float momentum_;
  std::span<float> velocity_;
};

}  // namespace

TEST_CASE("SGD with momentum in a few lines is the built-in one to the bit") {
  constexpr std::array<std::size_t, 2> sizes{1500, 700};  // more than one part
  constexpr std::size_t count = sizes[0] + sizes[1];
  Momentum own({.array_sizes = sizes, .learning_rate = 0.05, .weight_decay = 0.01, .clipnorm = 1.0},
               0.9F);
  const auto built_in = optim::make_optimizer({.kind = SgdOptions{.momentum = 0.9},
                                               .learning_rate = 0.05,
                                               .weight_decay = 0.01,
                                               .clipnorm = 1.0},
                                              sizes);
  std::vector<float> x(count, 0.5F);
  std::vector<float> y = x;
  for (std::uint64_t step = 0; step < 5; ++step) {
    Random random(1, Stream::shuffle, 0, step);
    std::vector<float> g(count);
    for (float& value : g) value = static_cast<float>(random.normal());
    std::vector<float> h = g;
    own.step(x, g);
    built_in->step(y, h);
    CHECK(x == y);
  }
  CHECK(own.state().front().values[3] == built_in->state().front().values[3]);
}
