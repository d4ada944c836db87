// SPDX-License-Identifier: Apache-2.0
#include "step_cases.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "fma_peak.hpp"
#include "least_traffic.hpp"
#include "net/graph/model.hpp"
#include "net/optim/make_optimizer.hpp"
#include "run/worker/fused_update.hpp"
#include "timing.hpp"
#include "tusk/aligned_vector.hpp"
#include "tusk/random.hpp"

namespace tusk::bench {
namespace {

// Dense relu layers of these widths, each followed by dropout, then a softmax.
ModelOptions classifier(const std::vector<std::size_t>& hidden, double dropout,
                        std::size_t classes) {
  ModelOptions model;
  for (const std::size_t units : hidden) {
    model.layers.push_back(DenseOptions{.units = units, .activation = Activation::relu});
    model.layers.push_back(DropoutOptions{.rate = dropout});
  }
  model.layers.push_back(DenseOptions{.units = classes, .activation = Activation::softmax});
  model.metrics = {MetricKind::accuracy};
  return model;
}

// dist-keras's MNIST network of convolutions.
ModelOptions convnet() {
  const Conv2dOptions convolution{
      .filters = 32, .kernel_size = {{3}}, .activation = Activation::relu};
  ModelOptions model;
  model.layers = {convolution,
                  convolution,
                  MaxPooling2dOptions{},
                  FlattenOptions{},
                  DenseOptions{.units = 225, .activation = Activation::relu},
                  DenseOptions{.units = 10, .activation = Activation::softmax}};
  model.metrics = {MetricKind::accuracy};
  return model;
}

// Three stages of eight blocks of two convolutions, 16, 32 and 64 channels of 32×32, 16×16 and 8×8;
// `places` are those of its kernels.
ModelOptions residual_network(std::vector<std::size_t>& places) {
  ModelOptions model;
  std::string last;  // the value that the next layer reads
  const auto add = [&](LayerOptions kind, std::vector<std::string> inputs = {}) {
    LayerEntry entry(std::move(kind));
    entry.name = fmt::format("layer_{}", model.layers.size());
    if (inputs.empty() && !last.empty()) inputs = {last};
    entry.inputs = std::move(inputs);
    last = entry.name;
    model.layers.push_back(std::move(entry));
  };
  const auto convolve = [&](std::size_t filters, std::size_t kernel, std::size_t stride,
                            std::size_t edge) {
    add(Conv2dOptions{.filters = filters,
                      .kernel_size = {{kernel}},
                      .strides = {{stride}},
                      .padding = Padding::same,
                      .use_bias = false});
    places.push_back(edge * edge);
    add(BatchNormalizationOptions{});
  };
  convolve(16, 3, 1, 32);
  add(ReluOptions{});
  for (const std::size_t stage : {0U, 1U, 2U}) {
    const std::size_t filters = std::size_t{16} << stage;
    const std::size_t edge = std::size_t{32} >> stage;
    for (std::size_t block = 0; block < 8; ++block) {
      const std::size_t stride = stage > 0 && block == 0 ? 2 : 1;
      const std::string before = last;
      convolve(filters, 3, stride, edge);
      add(ReluOptions{});
      convolve(filters, 3, 1, edge);
      const std::string residual = last;
      std::string shortcut = before;
      if (stride == 2) {
        last = before;
        convolve(filters, 1, 2, edge);
        shortcut = last;
      }
      add(AddOptions{}, {residual, shortcut});
      add(ReluOptions{});
    }
  }
  add(GlobalAveragePooling2dOptions{});
  add(DenseOptions{.units = 10, .activation = Activation::softmax});
  places.push_back(1);
  model.metrics = {MetricKind::accuracy};
  return model;
}

// 2·in·out·batch a product at a place: W x, and in training dW and, but for the first layer, dx.
double product_flops(const graph::Model& model, const StepCase& step_case) {
  double flops = 0.0;
  std::size_t kernel = 0;
  for (const layers::Parameter& parameter : model.parameters()) {
    if (parameter.name != "kernel") continue;
    double products = 1.0;
    if (step_case.optimizer) products = parameter.offset == 0 ? 2.0 : 3.0;
    const std::size_t places = kernel < step_case.places.size() ? step_case.places[kernel] : 1;
    ++kernel;
    flops += products * 2.0 * static_cast<double>(parameter.size() * places * step_case.batch);
  }
  return flops;
}

// A few batches of noise, so that one step's inputs are not in the cache from the step before.
struct Batches {
  static constexpr std::size_t count = 16;

  Batches(const graph::Model& model, std::size_t batch_size)
      : features(model.input_size()),
        batch(batch_size),
        inputs(count * features * batch),
        labels(count * batch) {
    Random random(1, Stream::shuffle);
    for (float& value : inputs) value = static_cast<float>(random.normal());
    for (std::int32_t& label : labels) {
      label = static_cast<std::int32_t>(random.below(model.output_size()));
    }
  }
  ConstMatrix x(std::size_t i) const {
    return {inputs.data() + i % count * features * batch, features, batch};
  }
  Targets targets(std::size_t i) const {
    return {.classes = std::span(labels).subspan(i % count * batch, batch), .values = {}};
  }

  std::size_t features;
  std::size_t batch;
  AlignedVector<float> inputs;
  std::vector<std::int32_t> labels;
};

}  // namespace

std::vector<StepCase> step_cases() {
  const ModelOptions higgs = classifier({500, 500}, 0.4, 2);
  const ModelOptions deep_higgs = classifier({500, 500, 500}, 0.4, 2);
  const ModelOptions mnist = classifier({1000, 200}, 0.2, 10);
  const ModelOptions kafka = classifier({500, 1000, 500}, 0.0, 2);
  const OptimizerOptions adagrad = with_defaults(AdagradOptions{});
  const OptimizerOptions adam = with_defaults(AdamOptions{});
  const std::vector<std::size_t> convnet_places{26 * 26, 24 * 24, 1, 1};
  std::vector<std::size_t> residual_places;
  const ModelOptions residual = residual_network(residual_places);
  return {{"higgs 30-500-500-2", {30}, higgs, adagrad, 64},
          {"higgs 30-500-500-500-2", {30}, deep_higgs, adagrad, 64},
          {"mnist 784-1000-200-10", {784}, mnist, adam, 4},
          {"mnist 784-1000-200-10", {784}, mnist, adam, 32},
          {"mnist 784-1000-200-10", {784}, mnist, adam, 128},
          {"mnist convnet", {28, 28, 1}, convnet(), adam, 16, convnet_places},
          {"mnist convnet", {28, 28, 1}, convnet(), adam, 64, convnet_places},
          {"residual of 50 layers", {32, 32, 3}, residual, adam, 32, residual_places},
          {"kafka 30-500-1000-500-2", {30}, kafka, {}, 1},
          {"kafka 30-500-1000-500-2", {30}, kafka, {}, 64}};
}

namespace {

constexpr double budget_s = 0.5;  // for each of the times

// Times `work` between measurements of what the core can do at most.
template <typename Work>
void time_beside_bounds(double seconds, Work work, LeastTraffic traffic, double& fastest_s,
                        StepTimes& times) {
  fastest_s = times.traffic_s = std::numeric_limits<double>::infinity();
  time_groups(seconds, work, [&](double once_s) {
    fastest_s = std::min(fastest_s, once_s);
    times.peak_gflops = std::max(times.peak_gflops, fma_peak_gflops());
    traffic.seconds();  // the step before has taken its place in the caches
    times.traffic_s = std::min(times.traffic_s, traffic.seconds());
  });
  times.traffic_gbps = traffic.bytes() * 1e-9 / times.traffic_s;
}

}  // namespace

StepTimes measure(const StepCase& step_case, std::size_t threads) {
  const graph::Model model(step_case.model, step_case.input);
  const Batches batches(model, step_case.batch);
  graph::Workspace workspace =
      model.make_workspace(step_case.batch, step_case.optimizer.has_value(), threads);
  AlignedVector<float> weights(model.parameter_count());
  model.initialize(weights, 1);

  StepTimes times;
  std::size_t step = 0;
  const auto forward = [&] {
    model.evaluate(weights, batches.x(step), batches.targets(step), workspace);
    ++step;
  };
  if (!step_case.optimizer) {
    time_beside_bounds(budget_s, forward, LeastTraffic::of_inference(weights.size()),
                       times.forward_s, times);
    times.step_s = times.forward_s;
  } else {
    std::vector<std::size_t> array_sizes;
    for (const layers::Parameter& parameter : model.parameters())
      array_sizes.push_back(parameter.size());
    const auto optimizer = optim::make_optimizer(*step_case.optimizer, array_sizes);
    AlignedVector<float> gradients(weights.size());
    std::size_t numbers = weights.size() + gradients.size() + workspace.size();
    for (const optim::StateArray& array : optimizer->state()) numbers += array.values.size();
    times.memory_mb = 1e-6 * sizeof(float) * static_cast<double>(numbers);
    const auto gradient = [&] {
      model.train_step(weights, batches.x(step), batches.targets(step), gradients, workspace,
                       {.seed = 1, .worker = 0, .step = step});
      ++step;
    };
    const auto whole_step = [&] {  // as worker::Worker does it
      worker::FusedUpdate update(*optimizer, weights, gradients);
      model.train_step(weights, batches.x(step), batches.targets(step), update, workspace,
                       {.seed = 1, .worker = 0, .step = step});
      ++step;
    };
    time_beside_bounds(2.0 * budget_s, whole_step,
                       LeastTraffic::of_training(weights.size(), optimizer->state().size()),
                       times.step_s, times);
    times.forward_s = fastest_s(budget_s, forward);
    times.backward_s = fastest_s(budget_s, gradient) - times.forward_s;
    times.optimizer_s = times.step_s - times.forward_s - times.backward_s;
  }
  times.gflops = product_flops(model, step_case) * 1e-9 / times.step_s;
  return times;
}

}  // namespace tusk::bench
