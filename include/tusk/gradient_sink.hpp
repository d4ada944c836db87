// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include "tusk/real.hpp"

namespace tusk::layers {

// Who gets the gradients of a step, part by part, as backpropagation comes to know them: from the
// last layer to the first. Together the parts are all parameters, each once. Model::train_step is
// given one, WholeGradients or worker::FusedUpdate, and layers hand their gradients to it.
class GradientSink {
 public:
  virtual ~GradientSink() = default;

  // Memory for the gradients of `count` parameters from `offset` on, until they are taken. Threads
  // that make parts of them at the same time keep these apart by `place`: no two of their ranges
  // from place to place + count overlap.
  virtual Span room(std::size_t offset, std::size_t count, std::size_t place) = 0;

  // The gradients have been written to where room() said. This step does not read these parameters'
  // weights again, so they may be updated. Called by several threads at once, for parts that do not
  // overlap.
  virtual void take(std::size_t offset, Span gradients) = 0;
};

// Keeps all of them, in a flat vector.
class WholeGradients final : public GradientSink {
 public:
  explicit WholeGradients(Span gradients) : gradients_(gradients) {}

  Span room(std::size_t offset, std::size_t count, std::size_t) override {
    return gradients_.subspan(offset, count);
  }
  void take(std::size_t, Span) override {}

 private:
  Span gradients_;
};

// One layer's part of a sink: offsets and places count from the layer's first parameter.
class LayerGradients {
 public:
  LayerGradients(GradientSink& sink, std::size_t first) : sink_(sink), first_(first) {}

  Span room(std::size_t offset, std::size_t count, std::size_t place) const {
    return sink_.room(first_ + offset, count, place);
  }
  void take(std::size_t offset, Span gradients) const { sink_.take(first_ + offset, gradients); }

  // Those of the parameters from `offset` on: of a layer within a layer.
  LayerGradients from(std::size_t offset) const { return {sink_, first_ + offset}; }

 private:
  GradientSink& sink_;
  std::size_t first_;
};

}  // namespace tusk::layers
