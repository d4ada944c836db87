// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/matrix.hpp"
#include "core/real.hpp"
#include "core/shape.hpp"
#include "experiment/model_options.hpp"
#include "net/kernels/team.hpp"
#include "net/layers/gradient_sink.hpp"
#include "net/layers/parameter.hpp"

namespace tusk::layers {

enum class Mode { training, inference };

// Which step of which worker this is. The randomness of a step, as in dropout's masks, is a pure
// function of it and of the layer.
struct StepContext {
  std::uint64_t seed = 0;
  std::uint32_t worker = 0;
  std::uint64_t step = 0;

  // Called after each layer, forward and backward, if it is there: a turn for something else that
  // goes on meanwhile. It must leave the weights alone.
  const std::function<void()>* between_layers = nullptr;

  void turn() const {
    if (between_layers != nullptr) (*between_layers)();
  }
};

// What a layer may know of the pass that it takes part in.
struct Pass {
  kernels::Team& team;
  Mode mode = Mode::inference;
  StepContext step{};       // in training
  std::uint32_t layer = 0;  // its place in the model
};

// What a layer wants of the workspace, in numbers (Reals) a sample.
struct LayerMemory {
  std::size_t output = 0;  // 0: its output is a view of its input
  std::size_t kept = 0;    // left by forward for backward
};

// A differentiable function of a batch, built for one input shape. It owns no parameters: it reads
// them from its part of the model's flat vector and hands their gradients to a sink.
// Batches are (features, batch). Immutable, so one object serves any number of workspaces.
class Layer {
 public:
  virtual ~Layer() = default;

  virtual Shape output_shape() const = 0;
  virtual LayerMemory memory(Mode mode) const = 0;

  // Its parameter arrays in the order of its part of the flat vector; the model fills in `layer`
  // and `offset`.
  virtual std::vector<Parameter> parameters() const { return {}; }

  // The output for the batch x: y filled in, or x itself where the layer changes nothing. y and
  // `kept` are as large as memory() asked for.
  virtual ConstMatrix forward(ConstSpan weights, ConstMatrix x, Matrix y, Span kept,
                              const Pass& pass) const = 0;

  // Given dy, the gradient of the loss with respect to the output y that forward returned for x in
  // training: hands over the gradients with respect to the weights, which may change as soon as
  // theirs are taken, and returns that with respect to x, which is dx filled in or dy itself. dy
  // may be overwritten. If dx is empty nobody wants it, and it is not computed.
  virtual Matrix backward(ConstSpan weights, ConstMatrix x, ConstMatrix y, Matrix dy,
                          LayerGradients gradients, Matrix dx, ConstSpan kept,
                          kernels::Team& team) const = 0;
};

// The layer that the options describe, for inputs of this shape. Error(bad_experiment) that begins
// with `key`, as in "model.layers.2.units must be …", if it cannot be.
std::unique_ptr<Layer> make_layer(const LayerOptions& options, const Shape& input,
                                  const std::string& key);

}  // namespace tusk::layers
