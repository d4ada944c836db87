// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "net/layers/make_layer.hpp"
#include "tusk/aligned_vector.hpp"
#include "tusk/random.hpp"

namespace tusk::layers::testing {

inline AlignedVector<Real> draw(std::size_t count, double low, double high, std::uint32_t index) {
  Random random(41, Stream::shuffle, index);
  AlignedVector<Real> values(count);
  for (Real& value : values) value = static_cast<Real>(random.uniform(low, high));
  return values;
}

// A layer with all that a pass of it needs, as a model would give it: for layers with one input, or
// an input and its mask.
class LayerCall final : public GradientSink {
 public:
  LayerCall(const LayerOptions& options, const Shape& input, std::size_t samples,
            std::size_t threads = 1, const AlignedVector<Real>& mask_of_steps = {})
      : team(threads), samples_(samples), mask(mask_of_steps) {
    std::vector<Shape> shapes{input};
    if (!mask.empty()) shapes.push_back(Shape{mask.size() / samples});
    layer = make_layer(options, shapes, "model.layers.0");
    for (const Parameter& array : layer->parameters()) {
      (array.role == Role::trained ? trained : moving) += array.size();
    }
    weights = draw(trained, 0.4, 1.6, 1);
    statistics = draw(moving, 0.5, 1.5, 2);
    x = draw(input.elements() * samples, -2.0, 3.0, 3);
    y.resize(layer->output_shapes().front().elements() * samples);
    dy = draw(y.size(), -1.0, 1.0, 4);
    gradients.resize(trained);
  }

  void forward(Mode mode = Mode::training, bool frozen = false) {
    const Pass pass{.team = team, .mode = mode, .frozen = frozen};
    const LayerMemory memory = provide(mode);
    const std::vector<ConstMatrix> inputs = input_matrices();
    const Matrix output = matrix(y);
    const bool moves = mode == Mode::training && !frozen;
    layer->forward({.pass = pass,
                    .weights = weights,
                    .statistics = statistics,
                    .new_statistics = moves ? Span(statistics) : Span(),
                    .inputs = inputs,
                    .outputs = {&output, 1},
                    .kept = {kept_.data(), memory.kept, samples_},
                    .kept_of_batch = Span(kept_of_batch_).first(memory.kept_of_batch),
                    .scratch = {scratch_.data(), memory.scratch, memory.scratch}});
  }

  // dx = what backward makes of dy, which stays.
  void backward(bool frozen = false) {
    const Pass pass{.team = team, .mode = Mode::training, .frozen = frozen};
    const LayerMemory memory = provide(Mode::training);
    const std::vector<ConstMatrix> inputs = input_matrices();
    const ConstMatrix output = matrix(y);
    dx = dy;
    const Matrix gradient = matrix(dx);
    const std::vector<Matrix> wanted{gradient, Matrix()};
    layer->backward({.pass = pass,
                     .weights = weights,
                     .statistics = statistics,
                     .inputs = inputs,
                     .outputs = {&output, 1},
                     .kept = {kept_.data(), memory.kept, samples_},
                     .kept_of_batch = Span(kept_of_batch_).first(memory.kept_of_batch),
                     .scratch = {scratch_.data(), memory.scratch, memory.scratch},
                     .output_gradients = {&gradient, 1},
                     .input_gradients = std::span(wanted).first(inputs.size()),
                     .gradients = LayerGradients(*this, 0)});
  }

  Span room(std::size_t offset, std::size_t count, std::size_t) override {
    return Span(gradients).subspan(offset, count);
  }
  void take(std::size_t, Span) override { ++taken; }

  kernels::Team team;
  std::unique_ptr<Layer> layer;
  std::size_t trained = 0;
  std::size_t moving = 0;
  std::size_t taken = 0;

 private:
  std::size_t samples_;

 public:
  AlignedVector<Real> mask;  // (steps, samples), or nothing
  AlignedVector<Real> weights, statistics, x, y, dy, dx, gradients;

 private:
  Matrix matrix(AlignedVector<Real>& values) const {
    return {values.data(), values.size() / samples_, samples_};
  }

  std::vector<ConstMatrix> input_matrices() {
    std::vector<ConstMatrix> inputs{matrix(x)};
    if (!mask.empty()) inputs.push_back(matrix(mask));
    return inputs;
  }

  LayerMemory provide(Mode mode) {
    const LayerMemory memory = layer->memory(mode);
    kept_.resize(memory.kept * samples_);
    kept_of_batch_.resize(memory.kept_of_batch);
    scratch_.resize(memory.scratch * team.threads());
    return memory;
  }

  AlignedVector<Real> kept_, kept_of_batch_, scratch_;
};

}  // namespace tusk::layers::testing
