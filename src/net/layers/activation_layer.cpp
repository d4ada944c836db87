// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "net/kernels/activation.hpp"
#include "net/layers/layers.hpp"
#include "tusk/error.hpp"

namespace tusk::layers {
namespace {

// y = activation(x), a softmax along the last axis. The linear one is no work at all: its output is
// its input.
class ActivationLayer final : public Layer {
 public:
  ActivationLayer(Activation activation, const Shape& shape)
      : activation_(activation), shape_(shape), features_(shape.extents().back()) {}

  std::vector<Shape> output_shapes() const override { return {shape_}; }
  LayerMemory memory(Mode) const override {
    if (activation_ == Activation::linear) return {.views = {0}};
    const bool by_input = kernels::gradient_is_told_by_input(activation_);
    return {.gradients = {InputGradient::in_place},
            .backward_reads_inputs = by_input,
            .backward_reads_outputs = !by_input};
  }

  void forward(const Forward& args) const override {
    const ConstMatrix x = by_columns(args.x());
    const Matrix y = by_columns(args.y());
    const std::size_t cost = y.rows() * kernels::activation_cost;
    args.pass.team.share(y.cols(), 1, cost, [&](const kernels::Share& share) {
      for (std::size_t column = share.first; column < share.last; ++column) {
        std::ranges::copy(x.col(column), y.col(column).begin());
        kernels::activate(activation_, y.col(column));
      }
    });
  }

  void backward(const Backward& args) const override {
    const bool by_input = kernels::gradient_is_told_by_input(activation_);
    kernels::activation_gradient(activation_, by_columns(by_input ? args.x() : args.y()),
                                 by_columns(args.dy()), args.pass.team);
  }

 private:
  // A column a sample, or for a softmax one for each place of the last axis.
  template <typename T>
  MatrixView<T> by_columns(MatrixView<T> values) const {
    if (activation_ != Activation::softmax) return values;
    return {values.data(), features_, values.size() / features_};
  }

  Activation activation_;
  Shape shape_;
  std::size_t features_;  // along the last axis
};

}  // namespace

std::unique_ptr<Layer> make(const ActivationOptions& options, Shapes inputs,
                            const std::string& key) {
  const Shape& input = only_input(inputs, key);
  if (input.rank() == 0) {
    fail(ExitCode::bad_experiment, "{}: an activation takes features, but its input has no axis",
         key);
  }
  return std::make_unique<ActivationLayer>(options.activation, input);
}

}  // namespace tusk::layers
