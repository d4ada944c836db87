// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

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

namespace {

struct Stack {
  Shape input;
  std::vector<LayerEntry> layers;
};

GruOptions gru_of(bool reset_after, bool sequences) {
  GruOptions gru{{.units = 5, .return_sequences = sequences}};
  gru.reset_after = reset_after;
  return gru;
}

LstmOptions lstm_of(bool sequences) { return {{.units = 5, .return_sequences = sequences}}; }

// Every layer, and where it may, with a mask.
std::vector<Stack> stacks() {
  const Shape image{9, 8, 3};
  const Shape series{7, 6};
  const MaskingOptions mask{};
  std::vector<Stack> stacks{
      {image, {Conv2dOptions{.filters = 17, .kernel_size = {{3, 2}}}}},
      {image, {Conv2dOptions{.filters = 4, .kernel_size = {{3}}, .strides = {{2}}}}},
      {image, {DepthwiseConv2dOptions{.kernel_size = {{3}}}}},
      {image, {Conv2dTransposeOptions{.filters = 4, .kernel_size = {{3}}, .strides = {{2}}}}},
      {series, {Conv1dOptions{.filters = 4, .kernel_size = {{3}}}}},
      {image, {MaxPooling2dOptions{}}},
      {image, {AveragePooling2dOptions{}}},
      {series, {MaxPooling1dOptions{}, AveragePooling1dOptions{}}},
      {image, {GlobalMaxPooling2dOptions{}}},
      {image, {GlobalAveragePooling2dOptions{}}},
      {series, {GlobalMaxPooling1dOptions{}}},
      {series, {GlobalAveragePooling1dOptions{}}},
      {series, {mask, GlobalAveragePooling1dOptions{}}},
      {image, {UpSampling2dOptions{}, ZeroPadding2dOptions{}}},
      {image, {UpSampling2dOptions{.interpolation = Interpolation::bilinear}}},
      {image, {BatchNormalizationOptions{}}},
      {image, {BatchNormalizationOptions{.axis = {{1}}}}},
      {series, {mask, BatchNormalizationOptions{}}},
      {image, {LayerNormalizationOptions{}}},
      {image, {LayerNormalizationOptions{.axis = {{-2, -1}}}}},
      {series, {NormalizationOptions{.mean = {{0.5}}, .variance = {{2.0}}}}},
      {series, {RescalingOptions{.scale = 0.5}}},
      {series, {ReshapeOptions{.target_shape = {6, 7}}, PermuteOptions{.dims = {2, 1}}}},
      {{6}, {RepeatVectorOptions{.n = 3}}},
      {series, {ReluOptions{.max_value = 0.5}, LeakyReluOptions{}, PreluOptions{}, EluOptions{}}},
      {series, {SoftmaxOptions{.axis = 1}}},
      {series, {ActivationOptions{.activation = Activation::gelu}}},
      {{7}, {EmbeddingOptions{.input_dim = 4, .output_dim = 6}}},
      {{7}, {EmbeddingOptions{.input_dim = 4, .output_dim = 6, .mask_zero = true}, lstm_of(false)}},
      {series, {TimeDistributedOptions{.layer = InnerLayer({DenseOptions{.units = 4}})}}},
      {image, {TimeDistributedOptions{.layer = InnerLayer({lstm_of(true)})}}},
      {image, {TimeDistributedOptions{.layer = InnerLayer({FlattenOptions{}})}, lstm_of(false)}},
  };
  for (const bool sequences : {false, true}) {
    for (const LayerOptions& inner : std::vector<LayerOptions>{
             gru_of(true, sequences), gru_of(false, sequences), lstm_of(sequences)}) {
      stacks.push_back({series, {inner}});
      stacks.push_back({series, {mask, inner}});
      for (const auto& [name, mode] : names_of(MergeMode{})) {
        const BidirectionalOptions both{.layer = InnerLayer({inner}), .merge_mode = mode};
        stacks.push_back({series, {mask, both}});
      }
    }
  }
  const auto merge = [&](LayerEntry layer) {
    Stack stack{series, {mask, DenseOptions{.units = 4}, lstm_of(true)}};
    stack.layers[1].name = "one";
    stack.layers[2].inputs = {"masking"};
    std::get<LstmOptions>(stack.layers[2]).units = 4;
    layer.inputs = {"one", "lstm"};
    stack.layers.push_back(std::move(layer));
    stack.layers.emplace_back(gru_of(true, false));
    stacks.push_back(std::move(stack));
  };
  merge(AddOptions{});
  merge(SubtractOptions{});
  merge(MultiplyOptions{});
  merge(AverageOptions{});
  merge(ConcatenateOptions{});
  merge(ConcatenateOptions{.axis = 1});
  return stacks;
}

}  // namespace

TEST_CASE("no layer allocates anything in a pass, with and without a mask, for any threads") {
  constexpr std::size_t batch = 6;
  const std::vector<float> values(batch * 2, 0.1F);
  const ConstMatrix wanted(values.data(), 2, batch);
  for (Stack& stack : stacks()) {
    std::string kinds;
    for (const LayerEntry& layer : stack.layers) kinds += type_of(layer) + " ";
    CAPTURE(kinds);
    stack.layers.emplace_back(FlattenOptions{});
    stack.layers.emplace_back(DenseOptions{.units = 2});
    graph::Network n(graph::network_options(stack.layers, LossKind::mse), stack.input, batch);
    for (const std::size_t threads : {1, 3}) {
      n.workspace = n.model.make_workspace(batch, true, threads);
      const std::size_t before = allocations;
      n.model.train_step(n.weights, n.x(batch), {.classes = {}, .values = wanted}, n.gradients,
                         n.workspace, {});
      n.model.train_step(n.weights, n.x(batch - 1),
                         {.classes = {}, .values = wanted.first_cols(batch - 1)}, n.gradients,
                         n.workspace, {});
      n.model.evaluate(n.weights, n.x(batch), {.classes = {}, .values = wanted}, n.workspace);
      n.model.predict(n.weights, n.x(1), n.workspace);
      CHECK(allocations == before);
    }
  }
}
