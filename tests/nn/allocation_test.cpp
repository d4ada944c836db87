// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "allocation_counter.hpp"
#include "network.hpp"

using namespace tusk;

TEST_CASE("training, evaluation and prediction allocate nothing") {
  for (const std::size_t batch : {std::size_t{4}, std::size_t{64}}) {
    nn::Network n(
        nn::network_options({DenseOptions{.units = 500, .activation = Activation::relu},
                             DropoutOptions{.rate = 0.4},
                             DenseOptions{.units = 300, .activation = Activation::selu},
                             DenseOptions{.units = 10, .activation = Activation::softmax}},
                            LossKind::categorical_crossentropy, {MetricKind::accuracy}),
        {784}, batch);
    const std::vector<std::int32_t> labels(batch, 3);
    const Targets targets{.classes = labels, .values = {}};
    const std::size_t before = allocations;
    CHECK(before > 0);
    n.model.train_step(n.weights, n.x(batch), targets, n.gradients, n.workspace, {});
    n.model.train_step(n.weights, n.x(batch - 1),
                       {.classes = std::span(labels).first(batch - 1), .values = {}}, n.gradients,
                       n.workspace, {});
    n.model.evaluate(n.weights, n.x(batch), targets, n.workspace);
    n.model.predict(n.weights, n.x(1), n.workspace);
    CHECK(allocations == before);
  }
}
