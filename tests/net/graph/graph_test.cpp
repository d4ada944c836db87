// SPDX-License-Identifier: Apache-2.0
// Networks that are no chains: names, order, memory, several outputs.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "allocation_counter.hpp"
#include "net/graph/entry_names.hpp"
#include "network.hpp"

using namespace tusk;

namespace {

LayerEntry part(LayerEntry entry, std::string name, std::vector<std::string> inputs = {}) {
  entry.name = std::move(name);
  entry.inputs = std::move(inputs);
  return entry;
}

LayerEntry another_call(std::string use, std::vector<std::string> inputs = {}) {
  LayerEntry entry;
  entry.use = std::move(use);
  entry.inputs = std::move(inputs);
  return entry;
}

DenseOptions relu(std::size_t units) { return {.units = units, .activation = Activation::relu}; }

// Two blocks around which the values are passed on.
ModelOptions residual() {
  return graph::network_options(
      {part(relu(6), "stem"), part(relu(6), "one"), part(AddOptions{}, "sum", {"one", "stem"}),
       part(relu(6), "two"), part(DropoutOptions{.rate = 0.25}, "drop"),
       part(AddOptions{}, "more", {"drop", "sum"}),
       part(DenseOptions{.units = 3, .activation = Activation::softmax}, "out")},
      LossKind::categorical_crossentropy, {MetricKind::accuracy});
}

ModelOptions two_headed() {
  ModelOptions options = graph::network_options(
      {part(relu(5), "body"),
       part(DenseOptions{.units = 3, .activation = Activation::softmax}, "kind", {"body"}),
       part(DenseOptions{.units = 3}, "size", {"body"})},
      LossKind::mse);
  options.outputs = {{.name = "kind",
                      .loss = LossKind::categorical_crossentropy,
                      .loss_weight = 0.25,
                      .metrics = std::vector{MetricKind::accuracy}},
                     {.name = "size", .metrics = std::vector{MetricKind::mae, MetricKind::mse}}};
  return options;
}

const std::vector<float> shares{1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 1, 0};
Targets shares_of(std::size_t samples) {
  return {.classes = {}, .values = {shares.data(), 3, samples}};
}

}  // namespace

TEST_CASE("entries go by names of their own, Keras's, or their layer's with the call") {
  CHECK(graph::names_of_entries({DenseOptions{}, DenseOptions{}, part(DenseOptions{}, "dense_2"),
                                 DenseOptions{}, another_call("dense"), another_call("dense"),
                                 part(another_call("dense"), "mine"), DropoutOptions{}}) ==
        std::vector<std::string>{"dense", "dense_1", "dense_2", "dense_3", "dense:1", "dense:2",
                                 "mine", "dropout"});
}

TEST_CASE("layers are called in the order of what they read, not of the list") {
  ModelOptions options = residual();
  const graph::Model listed(options, {4});
  std::ranges::reverse(options.layers);
  for (LayerEntry& layer : options.layers) {
    if (!layer.inputs.empty()) continue;
    const auto of = [&](const char* name) { return layer.name == name; };
    layer.inputs = {of("stem")   ? "input"
                    : of("one")  ? "stem"
                    : of("two")  ? "sum"
                    : of("drop") ? "two"
                                 : "more"};
  }
  options.outputs = {{.name = "out"}};
  const graph::Model reversed(options, {4});
  std::vector<std::string> a;
  std::vector<std::string> b;
  for (const graph::GraphNode& node : listed.graph().nodes) a.push_back(node.name);
  for (const graph::GraphNode& node : reversed.graph().nodes) b.push_back(node.name);
  CHECK(a == b);
}

TEST_CASE("a residual network computes what it says") {
  graph::Network n(residual(), {4}, 2);
  const ConstMatrix y = n.model.predict(n.weights, n.x(2), n.workspace);
  const auto array = [&](const std::string& layer, const std::string& name) {
    for (const layers::Parameter& p : n.model.parameters()) {
      if (p.layer == layer && p.name == name)
        return ConstSpan(n.weights).subspan(p.offset, p.size());
    }
    return ConstSpan();
  };
  const auto layer_of = [&](const std::string& name, const std::vector<double>& x, bool is_relu) {
    const ConstSpan kernel = array(name, "kernel");
    const ConstSpan bias = array(name, "bias");
    std::vector<double> out(bias.begin(), bias.end());
    for (std::size_t i = 0; i < x.size(); ++i) {
      for (std::size_t k = 0; k < out.size(); ++k) out[k] += x[i] * kernel[i * out.size() + k];
    }
    for (double& value : out) value = is_relu ? std::max(value, 0.0) : value;
    return out;
  };
  for (std::size_t sample = 0; sample < 2; ++sample) {
    const auto x = n.x(2).col(sample);
    std::vector<double> sum = layer_of("stem", {x.begin(), x.end()}, true);
    for (const char* block : {"one", "two"}) {
      const std::vector<double> more = layer_of(block, sum, true);
      for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += more[i];
    }
    std::vector<double> out = layer_of("out", sum, false);
    double total = 0.0;
    for (double& value : out) total += value = std::exp(value);
    for (std::size_t i = 0; i < 3; ++i) {
      CHECK(y(i, sample) == doctest::Approx(out[i] / total).epsilon(1e-5));
    }
  }
}

TEST_CASE("each output has its loss and metrics, and the total is their weighted sum") {
  graph::Network n(two_headed(), {4}, 4);
  CHECK(n.model.metric_names() == std::vector<std::string>{"kind_loss", "size_loss",
                                                           "kind_accuracy", "size_mae",
                                                           "size_mse"});
  const BatchScore score = n.model.evaluate(n.weights, n.x(4), shares_of(4), n.workspace);
  CHECK(score.loss_sum ==
        doctest::Approx(0.25 * score.metric_sums[0] + score.metric_sums[1]).epsilon(1e-12));
  CHECK(score.metric_sums[1] == doctest::Approx(score.metric_sums[4]));  // mse as a metric

  // Each head alone scores the same.
  ModelOptions alone = two_headed();
  alone.layers.pop_back();
  alone.outputs.clear();
  alone.loss = LossKind::categorical_crossentropy;
  graph::Network head(alone, {4}, 4);
  std::ranges::copy(std::span(n.weights).first(head.weights.size()), head.weights.begin());
  CHECK(head.model.evaluate(head.weights, head.x(4), shares_of(4), head.workspace).loss_sum ==
        score.metric_sums[0]);

  // One Targets for all is the same as one each.
  const ConstMatrix x = n.x(4);
  const std::vector<Targets> each{shares_of(4), shares_of(4)};
  CHECK(n.model.evaluate(n.weights, {&x, 1}, each, n.workspace).loss_sum == score.loss_sum);
  const auto outputs = n.model.predict(n.weights, std::span(&x, 1), n.workspace);
  REQUIRE(outputs.size() == 2);
  CHECK(outputs[0].rows() == 3);
  CHECK(outputs[1].data() != outputs[0].data());
}

TEST_CASE("with one output the names of scores stay, whatever is said of it") {
  ModelOptions options = residual();
  options.outputs = {{.name = "out", .loss_weight = 2.0}};
  graph::Network n(options, {4}, 4);
  graph::Network plain(residual(), {4}, 4);
  CHECK(n.model.metric_names() == std::vector<std::string>{"accuracy"});
  CHECK(
      n.model.evaluate(n.weights, n.x(4), shares_of(4), n.workspace).loss_sum ==
      2.0 *
          plain.model.evaluate(plain.weights, plain.x(4), shares_of(4), plain.workspace).loss_sum);
}

TEST_CASE("a model says of which rows its input's numbers are indices") {
  const auto limit_of = [](std::vector<LayerEntry> layers, const Shape& input) {
    layers.emplace_back(FlattenOptions{});
    layers.emplace_back(DenseOptions{.units = 2});
    return graph::Model(graph::network_options(std::move(layers), LossKind::mse), input)
        .index_limit();
  };
  const EmbeddingOptions nine{.input_dim = 9, .output_dim = 2};
  CHECK(limit_of({nine}, {5}) == 9);
  CHECK(limit_of({FlattenOptions{}, nine}, {5, 2}) == 9);  // the same numbers in another shape
  CHECK(limit_of({TimeDistributedOptions{.layer = InnerLayer({nine})}}, {5, 3}) == 9);
  CHECK_FALSE(limit_of({DenseOptions{.units = 3}}, {5}).has_value());
  CHECK_FALSE(limit_of({RescalingOptions{.scale = 0.5}, nine}, {5}).has_value());
}

TEST_CASE("passes over graphs allocate nothing") {
  ModelOptions shared = residual();
  shared.layers.insert(shared.layers.begin() + 2, another_call("one"));
  shared.layers[3].inputs = {"one:1", "stem"};
  for (const ModelOptions& options : {residual(), two_headed(), shared}) {
    graph::Network n(options, {4}, 4);
    for (const std::size_t threads : {1, 2}) {
      n.workspace = n.model.make_workspace(4, true, threads);
      const std::size_t before = allocations;
      REQUIRE(before > 0);
      n.model.train_step(n.weights, n.x(4), shares_of(4), n.gradients, n.workspace, {});
      n.model.train_step(n.weights, n.x(3), shares_of(3), n.gradients, n.workspace, {});
      n.model.evaluate(n.weights, n.x(4), shares_of(4), n.workspace);
      n.model.predict(n.weights, n.x(2), n.workspace);
      CHECK(allocations == before);
    }
  }
}

TEST_CASE("memory serves again where its values are dead") {
  const auto deep = [](std::size_t layers) {
    std::vector<LayerEntry> list(layers, relu(64));
    return graph::Model(graph::network_options(std::move(list), LossKind::mse), {64});
  };
  CHECK(deep(40).make_workspace(16, false).size() == deep(4).make_workspace(16, false).size());
  // In training each layer's output stays, but only two gradients at a time.
  const std::size_t a = deep(10).make_workspace(16, true).size();
  const std::size_t b = deep(11).make_workspace(16, true).size();
  CHECK(b - a == 64 * 16);
}

TEST_CASE("the table of a graph says what each layer reads, and what is trained") {
  ModelOptions options = residual();
  options.frozen = {"stem"};
  const std::string table = graph::Model(options, {4}).summary();
  for (const char* text : {"connected to", "input (input)", "more (add)", "drop, sum",
                           "stem (dense)", "trainable", "non-trainable", "105", "30"}) {
    CAPTURE(text);
    CHECK(table.find(text) != std::string::npos);
  }
  const std::string chain =
      graph::Model(graph::network_options({relu(3), relu(2)}, LossKind::mse), {4}).summary();
  CHECK(chain.find("connected") == std::string::npos);
}
