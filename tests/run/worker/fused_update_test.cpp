// SPDX-License-Identifier: Apache-2.0
#include "run/worker/fused_update.hpp"

#include <doctest/doctest.h>

#include <vector>

#include "net/graph/network.hpp"
#include "net/optim/make_optimizer.hpp"

using namespace tusk;

namespace {

std::vector<OptimizerOptions> optimizers() {
  std::vector<OptimizerOptions> all{
      with_defaults(SgdOptions{.momentum = 0.9, .nesterov = true}),
      with_defaults(AdagradOptions{}),
      with_defaults(AdamOptions{}),
      with_defaults(NadamOptions{}),
  };
  all.push_back(with_defaults(AdamOptions{}));
  all.back().clipvalue = 1e-3;
  all.back().weight_decay = 0.01;
  return all;
}

// Wide enough for several parts, no extent a multiple of another's, with and without a bias.
graph::Network network() {
  const DenseOptions first{.units = 1013, .activation = Activation::relu, .use_bias = false};
  const DenseOptions second{.units = 71, .activation = Activation::tanh};
  return {graph::network_options({first, DropoutOptions{.rate = 0.3}, second,
                                  DenseOptions{.units = 3, .activation = Activation::softmax}},
                                 LossKind::categorical_crossentropy),
          {131},
          7};
}

std::vector<std::size_t> array_sizes(const graph::Model& model) {
  std::vector<std::size_t> sizes;
  for (const layers::Parameter& parameter : model.parameters()) sizes.push_back(parameter.size());
  return sizes;
}

}  // namespace

TEST_CASE("updates part by part are those by the whole gradient, to the bit") {
  const std::vector<std::int32_t> classes{0, 1, 2, 2, 1, 0, 0};
  for (const OptimizerOptions& options : optimizers()) {
    graph::Network whole = network();
    graph::Network parts = network();
    const auto whole_optimizer = optim::make_optimizer(options, array_sizes(whole.model));
    const auto parts_optimizer = optim::make_optimizer(options, array_sizes(parts.model));
    REQUIRE(parts_optimizer->steps_in_parts());
    for (std::uint64_t step = 0; step < 3; ++step) {
      const layers::StepContext context{.seed = 1, .worker = 0, .step = step};
      const Targets targets{.classes = classes, .values = {}};
      whole.model.train_step(whole.weights, whole.x(7), targets, whole.gradients, whole.workspace,
                             context);
      whole_optimizer->step(whole.weights, whole.gradients);

      worker::FusedUpdate update(*parts_optimizer, parts.weights, parts.gradients);
      parts.model.train_step(parts.weights, parts.x(7), targets, update, parts.workspace, context);
      CHECK(parts.weights == whole.weights);
    }
    CHECK(parts_optimizer->iterations() == whole_optimizer->iterations());
  }
}

TEST_CASE("updates part by part by several threads are those of one, to the bit") {
  const std::vector<std::int32_t> classes{0, 1, 2, 2, 1, 0, 0};
  for (const OptimizerOptions& options : optimizers()) {
    graph::Network one = network();
    const auto optimizer = optim::make_optimizer(options, array_sizes(one.model));
    for (const std::size_t threads : {2, 5, 16}) {
      graph::Network many = network();
      many.workspace = many.model.make_workspace(7, true, threads);
      one = network();
      optimizer->reset();
      const auto threaded = optim::make_optimizer(options, array_sizes(many.model));
      const auto step = [&](graph::Network& n, optim::Optimizer& by, std::uint64_t index) {
        worker::FusedUpdate update(by, n.weights, n.gradients);
        n.model.train_step(n.weights, n.x(7), {.classes = classes, .values = {}}, update,
                           n.workspace, {.seed = 1, .worker = 0, .step = index});
      };
      for (std::uint64_t index = 0; index < 3; ++index) {
        step(one, *optimizer, index);
        step(many, *threaded, index);
        CHECK(many.weights == one.weights);
      }
    }
  }
}

TEST_CASE("clipping by a norm needs the whole gradient") {
  OptimizerOptions options = with_defaults(SgdOptions{});
  const std::size_t size = 4;
  options.global_clipnorm = 1.0;
  CHECK_FALSE(optim::make_optimizer(options, std::span(&size, 1))->steps_in_parts());
  options.global_clipnorm.reset();
  options.clipnorm = 1.0;
  CHECK_FALSE(optim::make_optimizer(options, std::span(&size, 1))->steps_in_parts());
}
