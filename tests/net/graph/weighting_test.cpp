// SPDX-License-Identifier: Apache-2.0
#include "net/graph/weighting.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "net/graph/metric.hpp"
#include "network.hpp"
#include "tusk/targets.hpp"

namespace tusk::graph {
namespace {

constexpr std::size_t weighed_inputs = 5;
constexpr std::size_t weighed_outputs = 3;

ModelOptions weighted_options(LossKind loss, Activation last) {
  ModelOptions options =
      network_options({DenseOptions{.units = 7, .activation = Activation::tanh},
                       DenseOptions{.units = weighed_outputs, .activation = last}},
                      loss, {MetricKind::mae});
  options.weighted_metrics = {MetricKind::mse, MetricKind::mae};
  return options;
}

// Batches of which sample i stands there times[i] times.
struct Repeated {
  explicit Repeated(const std::vector<std::size_t>& times, const AlignedVector<float>& x,
                    const AlignedVector<float>& t) {
    for (std::size_t i = 0; i < times.size(); ++i) {
      for (std::size_t k = 0; k < times[i]; ++k) {
        features.insert(features.end(), x.begin() + static_cast<std::ptrdiff_t>(i * weighed_inputs),
                        x.begin() + static_cast<std::ptrdiff_t>((i + 1) * weighed_inputs));
        values.insert(values.end(), t.begin() + static_cast<std::ptrdiff_t>(i * weighed_outputs),
                      t.begin() + static_cast<std::ptrdiff_t>((i + 1) * weighed_outputs));
      }
    }
  }
  std::size_t samples() const { return features.size() / weighed_inputs; }
  ConstMatrix x() const { return {features.data(), weighed_inputs, samples()}; }
  Targets targets(std::span<const double> weights = {}) const {
    return {
        .classes = {}, .values = {values.data(), weighed_outputs, samples()}, .weights = weights};
  }

  std::vector<float> features;
  std::vector<float> values;
};

}  // namespace

TEST_CASE("a sample of weight n counts like n samples, in every loss, gradient and metric") {
  const auto x = random_values(4 * weighed_inputs, -1.0, 1.0);
  const auto t = random_values(4 * weighed_outputs, 0.1, 0.4, 1);
  const std::vector<double> weights{2.0, 0.0, 3.0, 1.0};
  const Repeated once({1, 1, 1, 1}, x, t);
  const Repeated repeated({2, 0, 3, 1}, x, t);
  for (const auto& [name, loss] : names_of(LossKind{})) {
    CAPTURE(name);
    for (const Activation last : {Activation::sigmoid, Activation::softmax, Activation::linear}) {
      Network n(weighted_options(loss, last), {weighed_inputs}, 8);
      if (n.model.labels() != LabelKind::values && last == Activation::linear) continue;
      AlignedVector<float> other(n.gradients.size());
      const BatchScore weighted = n.model.train_step(n.weights, once.x(), once.targets(weights),
                                                     n.gradients, n.workspace, {});
      const BatchScore plain =
          n.model.train_step(n.weights, repeated.x(), repeated.targets(), other, n.workspace, {});
      // The sums are the same; the means are over 4 samples, and over 6.
      CHECK(weighted.samples == 4);
      CHECK(weighted.weight_sums[0] == 6.0);
      CHECK(plain.weight_sums[0] == 6.0);
      CHECK(weighted.loss_sum == doctest::Approx(plain.loss_sum).epsilon(1e-6));
      CHECK(weighted.loss() == doctest::Approx(plain.loss() * 6 / 4).epsilon(1e-6));
      CHECK(weighted.metric(1) == doctest::Approx(plain.metric(1)).epsilon(1e-6));
      CHECK(weighted.metric(2) == doctest::Approx(plain.metric(2)).epsilon(1e-6));
      for (std::size_t i = 0; i < other.size(); ++i) {
        CHECK(n.gradients[i] == doctest::Approx(other[i] * 6 / 4).epsilon(1e-4));
      }
      const BatchScore evaluated =
          n.model.evaluate(n.weights, once.x(), once.targets(weights), n.workspace);
      CHECK(evaluated.loss_sum == weighted.loss_sum);
      // A metric that is not weighted does not look at weights.
      const BatchScore alike = n.model.evaluate(n.weights, once.x(), once.targets(), n.workspace);
      CHECK(evaluated.metric(0) == alike.metric(0));
      CHECK(alike.metric(0) == alike.metric(2));
    }
  }
}

TEST_CASE("weights of 1 leave every gradient as it is, to the bit, and negative ones turn it") {
  const auto x = random_values(4 * weighed_inputs, -1.0, 1.0);
  const auto t = random_values(4 * weighed_outputs, 0.1, 0.4, 1);
  const Repeated batch({1, 1, 1, 1}, x, t);
  const std::vector<double> ones(4, 1.0);
  const std::vector<double> minus(4, -1.0);
  Network n(weighted_options(LossKind::mse, Activation::sigmoid), {weighed_inputs}, 4);
  std::vector<AlignedVector<float>> gradients;
  std::vector<double> losses;
  for (const std::span<const double> weights :
       {std::span<const double>(), std::span<const double>(ones), std::span<const double>(minus)}) {
    const BatchScore score = n.model.train_step(n.weights, batch.x(), batch.targets(weights),
                                                n.gradients, n.workspace, {});
    gradients.push_back(n.gradients);
    losses.push_back(score.loss());
  }
  CHECK(gradients[0] == gradients[1]);
  for (std::size_t i = 0; i < n.gradients.size(); ++i) CHECK(gradients[2][i] == -gradients[0][i]);
  CHECK(losses[0] == doctest::Approx(losses[1]));
  CHECK(losses[2] == doctest::Approx(-losses[1]));
}

TEST_CASE("labels that are classes are weighed, too, and weights that cancel have no mean") {
  const std::vector<std::int32_t> classes{0, 2, 1};
  const std::vector<float> predictions{0.8F, 0.1F, 0.1F, 0.5F, 0.4F, 0.1F, 0.1F, 0.8F, 0.1F};
  const std::vector<double> weights{0.5, 2.0, -2.5};
  const Targets targets{.classes = classes, .values = {}, .weights = weights};
  CHECK(weighted_metric_sum(MetricKind::accuracy, {predictions.data(), 3, 3}, targets) == -2.0);
  CHECK(metric_sum(MetricKind::accuracy, {predictions.data(), 3, 3}, targets) == 2.0);
  CHECK(sum_of_weights(targets, 3) == 0.0);
  BatchScore score{.samples = 3, .weighing = {0, 1}};
  score.metric_sums = {2.0, -2.0};
  CHECK(score.metric(0) == doctest::Approx(2.0 / 3.0));
  CHECK(std::isnan(score.metric(1)));
  score += BatchScore{.samples = 1, .weight_sums = {4.0}, .weighing = {0, 1}};
  CHECK(score.metric(1) == -0.5);
}

TEST_CASE("the scores of a model name its weighted metrics last") {
  ModelOptions options = weighted_options(LossKind::mse, Activation::linear);
  const Model one(options, {weighed_inputs});
  CHECK(one.metric_names() == std::vector<std::string>{"mae", "weighted_mse", "weighted_mae"});
  CHECK(one.weighing() == BatchScore::Weighing{0, 1, 1});
  LayerEntry top = DenseOptions{.units = weighed_outputs};
  top.name = "top";
  LayerEntry side = top;
  side.name = "side";
  options.layers = {top, side};
  options.outputs = {{.name = "top"},
                     {.name = "side", .weighted_metrics = std::vector<MetricKind>{}}};
  const Model two(options, {weighed_inputs});
  CHECK(two.metric_names() == std::vector<std::string>{"top_loss", "side_loss", "top_mae",
                                                       "side_mae", "top_weighted_mse",
                                                       "top_weighted_mae"});
  CHECK(two.weighing() == BatchScore::Weighing{0, 0, 0, 0, 1, 1});
}

}  // namespace tusk::graph
