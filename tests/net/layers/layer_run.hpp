// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <vector>

#include "net/layers/make_layer.hpp"
#include "tusk/aligned_vector.hpp"
#include "tusk/random.hpp"

namespace tusk::test {

using Numbers = AlignedVector<Real>;

inline Numbers noise(std::size_t count, std::uint32_t index, double low = -1.0, double high = 1.0) {
  Random random(23, Stream::shuffle, index);
  Numbers numbers(count);
  for (Real& x : numbers) x = static_cast<Real>(random.uniform(low, high));
  return numbers;
}

// One layer by itself, with everything a pass of it needs: weights of noise, inputs as they are
// given, and after backward() all gradients.
class LayerRun {
 public:
  LayerRun(const LayerOptions& options, std::vector<Shape> shapes, std::size_t batch,
           std::size_t threads = 1)
      : layer_(layers::make_layer(options, shapes, "model.layers.0")),
        team_(threads),
        batch_(batch),
        memory_(layer_->memory(layers::Mode::training)),
        kept_(memory_.kept * batch),
        kept_of_batch_(memory_.kept_of_batch),
        scratch_(memory_.scratch * threads) {
    std::size_t count = 0;
    for (const layers::Parameter& parameter : layer_->parameters()) count += parameter.size();
    weights = noise(count, 1, -0.7, 0.7);
    gradients.resize(count);
    for (const Shape& shape : shapes) {
      inputs.push_back(
          noise(shape.elements() * batch, static_cast<std::uint32_t>(inputs.size() + 2)));
    }
    for (const Shape& shape : layer_->output_shapes()) {
      outputs.emplace_back(shape.elements() * batch);
    }
  }

  const layers::Layer& layer() const { return *layer_; }

  void forward() {
    std::ranges::fill(kept_, Real{7});  // what memory holds at first must not matter
    const std::vector<ConstMatrix> x = views<const Real>(inputs);
    const std::vector<Matrix> y = views<Real>(outputs);
    layer_->forward({.pass = pass(),
                     .weights = weights,
                     .inputs = x,
                     .outputs = y,
                     .kept = {kept_.data(), memory_.kept, batch_},
                     .kept_of_batch = kept_of_batch_,
                     .scratch = scratch()});
  }

  // After forward(): the gradients of Σ of the first output's numbers times `factors`.
  void backward(const Numbers& factors) {
    Numbers dy = factors;
    const std::vector<ConstMatrix> x = views<const Real>(inputs);
    const std::vector<ConstMatrix> y = views<const Real>(outputs);
    std::vector<Matrix> dys(outputs.size());
    dys[0] = {dy.data(), dy.size() / batch_, batch_};
    const layers::InputGradient kind =
        memory_.gradients.empty() ? layers::InputGradient::made : memory_.gradients.front();
    input_gradient.assign(inputs[0].size(), Real{7});
    std::vector<Matrix> dxs(inputs.size());
    if (kind == layers::InputGradient::in_place) dxs[0] = dys[0];
    if (kind == layers::InputGradient::made) {
      dxs[0] = {input_gradient.data(), input_gradient.size() / batch_, batch_};
    }
    std::ranges::fill(gradients, Real{7});
    layers::WholeGradients sink(gradients);
    layer_->backward({.pass = pass(),
                      .weights = weights,
                      .inputs = x,
                      .outputs = y,
                      .kept = {kept_.data(), memory_.kept, batch_},
                      .kept_of_batch = kept_of_batch_,
                      .scratch = scratch(),
                      .output_gradients = dys,
                      .input_gradients = dxs,
                      .gradients = layers::LayerGradients(sink, 0)});
    if (kind == layers::InputGradient::in_place) input_gradient = dy;
  }

  Numbers weights;
  std::vector<Numbers> inputs;
  std::vector<Numbers> outputs;
  Numbers gradients;       // of the weights
  Numbers input_gradient;  // of the first input

 private:
  layers::Pass pass() { return {.team = team_, .mode = layers::Mode::training}; }
  layers::Scratch scratch() { return {scratch_.data(), memory_.scratch, memory_.scratch}; }

  template <typename T>
  std::vector<MatrixView<T>> views(std::vector<Numbers>& all) {
    std::vector<MatrixView<T>> matrices;
    for (Numbers& numbers : all) {
      matrices.emplace_back(numbers.data(), numbers.size() / batch_, batch_);
    }
    return matrices;
  }

  std::unique_ptr<layers::Layer> layer_;
  kernels::Team team_;
  std::size_t batch_;
  layers::LayerMemory memory_;
  Numbers kept_;
  Numbers kept_of_batch_;
  Numbers scratch_;
};

}  // namespace tusk::test
