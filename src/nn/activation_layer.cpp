// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "layers.hpp"
#include "tusk/core/error.hpp"
#include "tusk/nn/activation.hpp"

namespace tusk::nn {
namespace {

// y = activation(x). The linear one is no work at all: its output is its input.
class ActivationLayer final : public Layer {
 public:
  ActivationLayer(Activation activation, const Shape& shape)
      : activation_(activation), shape_(shape) {}

  Shape output_shape() const override { return shape_; }
  LayerMemory memory(Mode) const override {
    return {.output = activation_ == Activation::linear ? 0 : shape_.elements()};
  }

  ConstMatrix forward(ConstSpan, ConstMatrix x, Matrix y, Span, const Pass&) const override {
    if (activation_ == Activation::linear) return x;
    std::copy_n(x.data(), x.size(), y.data());
    for (std::size_t sample = 0; sample < y.cols(); ++sample) {
      activate(activation_, y.col(sample));
    }
    return y;
  }

  Matrix backward(ConstSpan, ConstMatrix, ConstMatrix y, Matrix dy, LayerGradients, Matrix,
                  ConstSpan) const override {
    for (std::size_t sample = 0; sample < y.cols(); ++sample) {
      activation_gradient(activation_, y.col(sample), dy.col(sample));
    }
    return dy;
  }

 private:
  Activation activation_;
  Shape shape_;
};

}  // namespace

std::unique_ptr<Layer> make(const ActivationOptions& options, const Shape& input,
                            const std::string& key) {
  if (options.activation == Activation::softmax && input.rank() != 1) {
    fail(ExitCode::bad_experiment,
         "{}: a softmax takes one axis of features, but its input has shape {}; put a flatten "
         "layer before it",
         key, input.to_string());
  }
  return std::make_unique<ActivationLayer>(options.activation, input);
}

}  // namespace tusk::nn
