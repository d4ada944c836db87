// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "allocation_counter.hpp"
#include "net/optim/make_optimizer.hpp"
#include "tusk/random.hpp"

using namespace tusk;

namespace {

const std::vector<std::size_t> resumed_sizes{700, 600};
constexpr std::size_t resumed_size = 1300;

// Every kind, with every piece of state it can have.
std::vector<OptimizerOptions> all_kinds() {
  std::vector<OptimizerOptions> all;
  for (const OptimizerKind& kind : std::vector<OptimizerKind>{
           SgdOptions{}, SgdOptions{.momentum = 0.9, .nesterov = true}, AdagradOptions{},
           RmspropOptions{.momentum = 0.9, .centered = true}, AdamOptions{.amsgrad = true},
           AdamwOptions{}, AdadeltaOptions{}, AdamaxOptions{}, NadamOptions{}}) {
    all.push_back(with_defaults(kind));
  }
  return all;
}

AlignedVector<float> resumed_noise(std::uint32_t index) {
  Random random(23, Stream::shuffle, index);
  AlignedVector<float> values(resumed_size);
  for (float& value : values) value = static_cast<float>(random.normal());
  return values;
}

void run(optim::Optimizer& optimizer, AlignedVector<float>& weights, std::uint32_t from,
         std::uint32_t to) {
  for (std::uint32_t step = from; step < to; ++step) {
    AlignedVector<float> gradients = resumed_noise(step);
    optimizer.step(weights, gradients);
  }
}

}  // namespace

TEST_CASE("a saved and loaded optimizer goes on bit for bit") {
  for (const OptimizerOptions& options : all_kinds()) {
    const auto whole = optim::make_optimizer(options, resumed_sizes);
    AlignedVector<float> weights = resumed_noise(100);
    run(*whole, weights, 0, 10);
    const auto resumed = optim::make_optimizer(options, resumed_sizes);
    const auto from = whole->state();
    const auto to = resumed->state();
    REQUIRE(from.size() == to.size());
    for (std::size_t i = 0; i < from.size(); ++i) {
      CHECK(std::string(from[i].name) == to[i].name);
      std::copy(from[i].values.begin(), from[i].values.end(), to[i].values.begin());
    }
    resumed->set_iterations(whole->iterations());
    AlignedVector<float> copy = weights;
    run(*whole, weights, 10, 20);
    run(*resumed, copy, 10, 20);
    CHECK(weights == copy);
  }
}

TEST_CASE("a reset optimizer starts anew, but keeps its learning rate") {
  for (const OptimizerOptions& options : all_kinds()) {
    const auto fresh = optim::make_optimizer(options, resumed_sizes);
    const auto used = optim::make_optimizer(options, resumed_sizes);
    AlignedVector<float> a = resumed_noise(100);
    run(*used, a, 0, 5);
    used->set_learning_rate(0.123);
    used->reset();
    CHECK(used->iterations() == 0);
    CHECK(used->learning_rate() == 0.123);
    fresh->set_learning_rate(0.123);
    a = resumed_noise(100);
    AlignedVector<float> b = resumed_noise(100);
    run(*used, a, 0, 5);
    run(*fresh, b, 0, 5);
    CHECK(a == b);
  }
}

TEST_CASE("sgd's velocity can be seen") {
  const auto optimizer = optim::make_optimizer(
      with_defaults(SgdOptions{.momentum = 0.9, .nesterov = true}), resumed_sizes);
  AlignedVector<float> weights(resumed_size);
  AlignedVector<float> gradients(resumed_size, 1.0F);
  optimizer->step(weights, gradients);
  REQUIRE(optimizer->state().size() == 1);
  CHECK(optimizer->state()[0].name == std::string("momentum"));
  CHECK(optimizer->state()[0].values[resumed_size - 1] == -0.01F);
}

TEST_CASE("an optimizer looks ahead where its options say so, with its velocity") {
  std::vector<OptimizerOptions> options = all_kinds();
  options.push_back(with_defaults(SgdOptions{.momentum = 0.9}));
  options.push_back(with_defaults(SgdOptions{.nesterov = true}));
  std::size_t looking_ahead = 0;
  for (const OptimizerOptions& kind : options) {
    const auto optimizer = optim::make_optimizer(kind, array_sizes);
    const optim::Lookahead lookahead = optimizer->lookahead();
    CHECK(lookahead.velocity.empty() != looks_ahead(kind));
    if (lookahead.velocity.empty()) continue;
    ++looking_ahead;
    CHECK(lookahead.velocity.data() == optimizer->state().front().values.data());
    CHECK(lookahead.velocity.size() == size);
    CHECK(lookahead.momentum == 0.9);
  }
  CHECK(looking_ahead == 1);
}

TEST_CASE("a step allocates nothing") {
  for (OptimizerOptions options : all_kinds()) {
    options.clipnorm = 1.0;
    const auto optimizer = optim::make_optimizer(options, resumed_sizes);
    AlignedVector<float> weights = resumed_noise(0);
    AlignedVector<float> gradients = resumed_noise(1);
    const std::size_t before = allocations;
    REQUIRE(before > 0);
    optimizer->step(weights, gradients);
    optimizer->step(weights, gradients);
    CHECK(allocations == before);
  }
}
