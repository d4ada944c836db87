// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "net/kernels/activation.hpp"
#include "net/layers/layers.hpp"
#include "tusk/error.hpp"

namespace tusk::layers {
namespace {

// y = activation(x). The linear one is no work at all: its output is its input.
class ActivationLayer final : public Layer {
 public:
  ActivationLayer(Activation activation, const Shape& shape)
      : activation_(activation), shape_(shape) {}

  std::vector<Shape> output_shapes() const override { return {shape_}; }
  LayerMemory memory(Mode) const override {
    if (activation_ == Activation::linear) return {.views = {0}};
    return {.gradients = {InputGradient::in_place}, .backward_reads_inputs = false};
  }

  void forward(const Forward& args) const override {
    const ConstMatrix x = args.x();
    const Matrix y = args.y();
    args.pass.team.share(y.cols(), 1, cost_of_sample(), [&](const kernels::Share& share) {
      for (std::size_t sample = share.first; sample < share.last; ++sample) {
        std::ranges::copy(x.col(sample), y.col(sample).begin());
        kernels::activate(activation_, y.col(sample));
      }
    });
  }

  void backward(const Backward& args) const override {
    kernels::activation_gradient(activation_, args.y(), args.dy(), args.pass.team);
  }

 private:
  std::size_t cost_of_sample() const { return shape_.elements() * kernels::activation_cost; }

  Activation activation_;
  Shape shape_;
};

}  // namespace

std::unique_ptr<Layer> make(const ActivationOptions& options, Shapes inputs,
                            const std::string& key) {
  const Shape& input = only_input(inputs, key);
  if (options.activation == Activation::softmax && input.rank() != 1) {
    fail(ExitCode::bad_experiment,
         "{}: a softmax takes one axis of features, but its input has shape {}; put a flatten "
         "layer before it",
         key, input.to_string());
  }
  return std::make_unique<ActivationLayer>(options.activation, input);
}

}  // namespace tusk::layers
