// SPDX-License-Identifier: Apache-2.0
#include "net/layers/convolution.hpp"
#include "net/layers/convolution_windows.hpp"
#include "net/layers/spatial.hpp"
#include "options/describe.hpp"
#include "options/require_valid.hpp"
#include "tusk/error.hpp"

// conv1d, conv2d and conv2d_transpose: what their options come to.
namespace tusk::layers {
namespace {

// The parts that come from the options as they are.
ConvolutionParts parts_of(const auto& o) {
  return {.shape = {},
          .kernel = {},
          .output = {},
          .activation = o.activation,
          .use_bias = o.use_bias,
          .kernel_initializer = o.kernel_initializer,
          .bias_initializer = o.bias_initializer};
}

// The spatial extents of a shape with other channels.
Shape kernel_shape(const std::vector<WindowOptions>& windows, std::size_t in, std::size_t out) {
  std::vector<std::size_t> extents;
  for (const WindowOptions& window : windows) extents.push_back(window.size);
  extents.push_back(in);
  extents.push_back(out);
  return Shape(std::move(extents));
}

std::unique_ptr<Layer> make_gathering(const auto& o, const Shape& input, TimePadding padding,
                                      const std::string& key) {
  const std::size_t axes = input.rank() - 1;
  const std::vector<WindowOptions> windows = convolution_windows(o, axes, padding, key);
  const std::vector<WindowedAxis> windowed = windowed_axes(input, windows, key);
  const std::size_t channels = input[axes];
  if (channels % o.groups != 0 || o.filters % o.groups != 0) {
    fail(ExitCode::bad_experiment,
         "{}: its {} filters and its input's {} channels must both be multiples of its {} groups",
         key, o.filters, channels, o.groups);
  }
  ConvolutionParts parts = parts_of(o);
  parts.shape.channels = channels;
  parts.shape.filters = o.filters;
  parts.shape.groups = o.groups;
  const auto axis = [&](std::size_t i) {
    return convolution_axis(input[i], windowed[i].outputs, windowed[i].before, windows[i]);
  };
  parts.shape.cols = axis(axes - 1);
  if (axes == 2) parts.shape.rows = axis(0);
  parts.kernel = kernel_shape(windows, channels / o.groups, o.filters);
  require_size(parts.kernel.extents(), key);
  std::vector<std::size_t> output;
  for (const WindowedAxis& w : windowed) output.push_back(w.outputs);
  output.push_back(o.filters);
  require_size(output, key);
  parts.output = Shape(std::move(output));
  return make_convolution(parts);
}

// What a transposed convolution makes of an axis, and how far the full result begins before it.
struct SpreadAxis {
  std::size_t outputs;
  std::size_t before;
};

// The full result of n inputs, in which tap t of input i stands at i·stride + t·dilation, has
// (n − 1)·stride + k places, k = (kernel − 1)·dilation + 1. As Keras has it, the output begins
// `before` places after the first one, and where it is longer it ends in zeros.
SpreadAxis spread_axis(std::size_t inputs, const WindowOptions& o,
                       const std::optional<std::size_t>& more) {
  const std::size_t k = (o.size - 1) * o.dilation + 1;
  const std::size_t spaced = (inputs - 1) * o.stride;
  if (o.padding == TimePadding::valid) {
    return {.outputs = spaced + k + more.value_or(o.stride > k ? o.stride - k : 0), .before = 0};
  }
  // Keras thinks of a plain convolution of the spaced inputs with so many zeros around them.
  const std::size_t zeros = (more ? k + k % 2 + *more : o.stride + k) - 2;
  const std::size_t left = std::min(zeros / 2 + zeros % 2, k - 1);
  return {.outputs = spaced + zeros + 2 - k, .before = k - 1 - left};
}

}  // namespace

std::unique_ptr<Layer> make(const Conv1dOptions& options, Shapes inputs, const std::string& key) {
  options::require_valid(options, key);
  return make_gathering(options, spatial_input(inputs, 1, key), options.padding, key);
}

std::unique_ptr<Layer> make(const Conv2dOptions& options, Shapes inputs, const std::string& key) {
  options::require_valid(options, key);
  return make_gathering(options, spatial_input(inputs, 2, key), to_time(options.padding), key);
}

std::unique_ptr<Layer> make(const Conv2dTransposeOptions& options, Shapes inputs,
                            const std::string& key) {
  options::require_valid(options, key);
  const Shape& input = spatial_input(inputs, 2, key);
  const std::vector<WindowOptions> windows =
      convolution_windows(options, 2, to_time(options.padding), key);
  if (options.output_padding) {
    require_axes(options.output_padding->values.size(), 2, key, "output_padding");
  }
  ConvolutionParts parts = parts_of(options);
  parts.direction = Direction::spreading;
  parts.shape.channels = options.filters;
  parts.shape.filters = input[2];
  std::vector<std::size_t> output;
  for (std::size_t axis = 0; axis < 2; ++axis) {
    std::optional<std::size_t> more;
    if (options.output_padding) more = (*options.output_padding)[axis];
    if (more && *more >= options.strides[axis]) {
      fail(ExitCode::bad_experiment,
           "{}.output_padding must be below the strides, but is {} where these are {}", key, *more,
           options.strides[axis]);
    }
    const SpreadAxis spread = spread_axis(input[axis], windows[axis], more);
    if (spread.outputs == 0) {
      fail(ExitCode::bad_experiment,
           "{}: with this output_padding nothing is left of its input of "
           "shape {}",
           key, input.to_string());
    }
    output.push_back(spread.outputs);
    (axis == 0 ? parts.shape.rows : parts.shape.cols) =
        convolution_axis(spread.outputs, input[axis], spread.before, windows[axis]);
  }
  output.push_back(options.filters);
  require_size(output, key);
  parts.output = Shape(std::move(output));
  parts.kernel = kernel_shape(windows, options.filters, input[2]);
  require_size(parts.kernel.extents(), key);
  return make_convolution(parts);
}

}  // namespace tusk::layers
