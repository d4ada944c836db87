// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <cstdint>
#include <vector>

#include "network.hpp"

using namespace tusk;

namespace {

// Wide enough for several threads, with no extent a multiple of another's or of a tile's.
ModelOptions options() {
  return graph::network_options(
      {DenseOptions{.units = 1013, .activation = Activation::tanh}, DropoutOptions{.rate = 0.3},
       DenseOptions{.units = 259}, ActivationOptions{.activation = Activation::selu},
       DenseOptions{.units = 71, .activation = Activation::softmax}, DropoutOptions{.rate = 0.1},
       DenseOptions{.units = 3, .activation = Activation::softmax}},
      LossKind::categorical_crossentropy, {MetricKind::accuracy});
}

struct Result {
  AlignedVector<float> gradients;
  std::vector<float> outputs;
  double loss = 0.0;

  bool operator==(const Result&) const = default;
};

Result compute(std::size_t threads, std::size_t batch) {
  graph::Network n(options(), {131}, batch);
  n.workspace = n.model.make_workspace(batch, true, threads);
  CHECK(n.workspace.team().threads() == threads);
  const std::vector<std::int32_t> ones(batch, 1);
  const BatchScore score =
      n.model.train_step(n.weights, n.x(batch), {.classes = ones, .values = {}}, n.gradients,
                         n.workspace, {.seed = 1, .worker = 0, .step = 5});
  const ConstMatrix predicted = n.model.predict(n.weights, n.x(batch), n.workspace);
  return {.gradients = n.gradients,
          .outputs = {predicted.data(), predicted.data() + predicted.size()},
          .loss = score.loss_sum};
}

}  // namespace

TEST_CASE("any number of threads computes the same, to the bit") {
  for (const std::size_t batch : {1, 7, 64, 300}) {
    CAPTURE(batch);
    const Result alone = compute(1, batch);
    for (const std::size_t threads : {2, 3, 8, 33}) {
      CAPTURE(threads);
      CHECK(compute(threads, batch) == alone);
    }
  }
}
