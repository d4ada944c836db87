// SPDX-License-Identifier: Apache-2.0
#include "net/kernels/depthwise.hpp"

#include <array>

#include "net/layers/convolution.hpp"
#include "net/layers/convolution_windows.hpp"
#include "net/layers/initializer.hpp"
#include "net/layers/spatial.hpp"
#include "options/describe.hpp"
#include "options/require_valid.hpp"
#include "tusk/error.hpp"

namespace tusk::layers {
namespace {

// y = activation(depthwise(x) + b)
class DepthwiseConv2d final : public Layer {
 public:
  DepthwiseConv2d(const DepthwiseConv2dOptions& options, const kernels::DepthwiseShape& shape)
      : options_(options),
        shape_(shape),
        output_{shape.rows.small, shape.cols.small, shape.outputs()},
        activation_(options.activation, shape.outputs()) {}

  std::vector<Shape> output_shapes() const override { return {output_}; }
  LayerMemory memory(Mode) const override {
    return {.kept = activation_.kept(output_.elements()),
            .backward_reads_outputs = activation_.reads_outputs()};
  }

  std::vector<Parameter> parameters() const override {
    const std::size_t outputs = shape_.outputs();
    std::vector<Parameter> arrays{
        {.name = "depthwise_kernel",
         .shape = {shape_.rows.kernel, shape_.cols.kernel, shape_.channels, shape_.multiplier},
         .fan_in = shape_.taps() * shape_.channels,
         .fan_out = shape_.taps() * shape_.multiplier,
         .initializer = make_initializer(options_.depthwise_initializer)}};
    if (options_.use_bias) {
      arrays.push_back({.name = "bias",
                        .shape = {outputs},
                        .fan_in = outputs,
                        .fan_out = outputs,
                        .initializer = make_initializer(options_.bias_initializer)});
    }
    return arrays;
  }

  void forward(const Forward& args) const override {
    const bool is_relu = options_.activation == Activation::relu;
    kernels::depthwise(args.pass.team, shape_, args.weights.first(kernel_size()), args.x(),
                       args.y(), {.bias = args.weights.subspan(kernel_size()), .relu = is_relu});
    finish_rows(activation_, options_.activation, args, output_);
  }

  void backward(const Backward& args) const override {
    kernels::Team& team = args.pass.team;
    const Matrix dz = args.dy();
    activation_.gradient(args);
    if (args.dx().data() != nullptr) {
      kernels::depthwise_input_gradient(team, shape_, args.weights.first(kernel_size()), dz,
                                        args.dx());
    }
    if (args.pass.frozen) return;
    team.share(shape_.taps(), 1, dz.size(),
               [&](const kernels::Share& taps) { hand_over(args, taps); });
  }

 private:
  std::size_t kernel_size() const { return shape_.taps() * shape_.outputs(); }

  // The kernel's gradient for some taps, and with the first of them the bias's.
  void hand_over(const Backward& args, const kernels::Share& taps) const {
    const std::size_t offset = taps.first * shape_.outputs();
    const std::size_t count = (taps.last - taps.first) * shape_.outputs();
    const Span dkernel = args.gradients.room(offset, count, offset);
    const bool with_bias = options_.use_bias && taps.first == 0;
    const Span dbias =
        with_bias ? args.gradients.room(kernel_size(), shape_.outputs(), kernel_size()) : Span();
    kernels::depthwise_kernel_gradient(shape_, args.x(), args.dy(), taps.first, dkernel, dbias);
    args.gradients.take(offset, dkernel);
    if (with_bias) args.gradients.take(kernel_size(), dbias);
  }

  DepthwiseConv2dOptions options_;
  kernels::DepthwiseShape shape_;
  Shape output_;
  FinalActivation activation_;
};

}  // namespace

std::unique_ptr<Layer> make(const DepthwiseConv2dOptions& options, Shapes inputs,
                            const std::string& key) {
  options::require_valid(options, key);
  const Shape& input = spatial_input(inputs, 2, key);
  const std::vector<WindowOptions> windows =
      convolution_windows(options, 2, to_time(options.padding), key);
  const std::vector<WindowedAxis> windowed = windowed_axes(input, windows, key);
  const auto axis = [&](std::size_t i) {
    return convolution_axis(input[i], windowed[i].outputs, windowed[i].before, windows[i]);
  };
  require_size({windows[0].size, windows[1].size, input[2], options.depth_multiplier}, key);
  require_size({windowed[0].outputs, windowed[1].outputs, input[2], options.depth_multiplier}, key);
  return std::make_unique<DepthwiseConv2d>(
      options, kernels::DepthwiseShape{.rows = axis(0),
                                       .cols = axis(1),
                                       .channels = input[2],
                                       .multiplier = options.depth_multiplier});
}

}  // namespace tusk::layers
