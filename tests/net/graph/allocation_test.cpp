// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "allocation_counter.hpp"
#include "network.hpp"

using namespace tusk;

namespace {

constexpr std::size_t input_count = 200;
constexpr std::size_t output_count = 10;

// Allocations of every pass, on full and smaller batches.
std::size_t allocations_of_passes(LossKind loss, Activation last, std::size_t batch,
                                  const Targets& targets, const Targets& fewer,
                                  std::size_t threads = 1) {
  graph::Network n(
      graph::network_options(
          {DenseOptions{.units = 120, .activation = Activation::relu}, DropoutOptions{.rate = 0.4},
           DenseOptions{.units = 70, .activation = Activation::selu},
           DenseOptions{.units = output_count, .activation = last}},
          loss, {MetricKind::accuracy, MetricKind::mse, MetricKind::mae}),
      {input_count}, batch);
  std::size_t turns = 0;
  const std::function<void()> between_layers = [&turns] { ++turns; };
  n.workspace = n.model.make_workspace(batch, true, threads);
  const std::size_t before = allocations;
  REQUIRE(before > 0);
  n.model.train_step(n.weights, n.x(batch), targets, n.gradients, n.workspace,
                     {.between_layers = &between_layers});
  n.model.train_step(n.weights, n.x(fewer.batch()), fewer, n.gradients, n.workspace, {});
  n.model.evaluate(n.weights, n.x(batch), targets, n.workspace);
  n.model.predict(n.weights, n.x(1), n.workspace);
  return allocations - before;
}

}  // namespace

TEST_CASE("training, evaluation and prediction allocate nothing") {
  for (const std::size_t batch : {std::size_t{4}, std::size_t{64}}) {
    const std::vector<std::int32_t> labels(batch, 3);
    const std::vector<float> values(batch * output_count, 0.1F);
    const Targets classes{.classes = labels, .values = {}};
    const Targets fewer{.classes = std::span(labels).first(batch - 1), .values = {}};
    CHECK(allocations_of_passes(LossKind::categorical_crossentropy, Activation::softmax, batch,
                                classes, fewer) == 0);
    CHECK(allocations_of_passes(LossKind::categorical_crossentropy, Activation::softmax, batch,
                                classes, fewer, 3) == 0);
    const std::vector<double> weights(batch, 0.5);
    const Targets weighted{.classes = labels, .values = {}, .weights = weights};
    CHECK(allocations_of_passes(LossKind::categorical_crossentropy, Activation::softmax, batch,
                                weighted, fewer) == 0);
    const ConstMatrix targets(values.data(), output_count, batch);
    for (const auto& [name, loss] : names_of(LossKind{})) {
      CAPTURE(name);
      for (const Activation last : {Activation::sigmoid, Activation::softmax}) {
        CHECK(allocations_of_passes(loss, last, batch, {.classes = {}, .values = targets},
                                    {.classes = {}, .values = targets.first_cols(batch - 1)}) == 0);
      }
    }
  }
}
