// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <tuple>

#include "net/exports/onnx_layers.hpp"
#include "tusk/error.hpp"

namespace tusk::exports {
namespace {

using Ints = OnnxGraph::Ints;

Ints ints_of(const PerAxis& values, std::size_t axes) {
  Ints ints;
  for (std::size_t axis = 0; axis < axes; ++axis) {
    ints.push_back(static_cast<std::int64_t>(values[axis]));
  }
  return ints;
}

// Where an axis of a kernel goes: Keras's kernels, (k…, a, b), become (b, a, k…).
std::vector<float> reversed_channels(std::span<const float> kernel, std::size_t a, std::size_t b) {
  const std::size_t places = kernel.size() / (a * b);
  std::vector<float> out(kernel.size());
  for (std::size_t place = 0; place < places; ++place) {
    for (std::size_t i = 0; i < a; ++i) {
      for (std::size_t j = 0; j < b; ++j) {
        out[(j * a + i) * places + place] = kernel[(place * a + i) * b + j];
      }
    }
  }
  return out;
}

// An array of Keras's in the order of ONNX, with the extents of that.
struct Kernel {
  std::vector<float> values;
  Ints extents;
};

Kernel kernel_of(const LayerCall& call, const char* name) {
  const LayerCall::Array array = call.array(name);
  const auto& extents = array.parameter->shape.extents();
  const std::size_t rank = extents.size();
  Kernel kernel{reversed_channels(array.values, extents[rank - 2], extents[rank - 1]), {}};
  kernel.extents = {static_cast<std::int64_t>(extents[rank - 1]),
                    static_cast<std::int64_t>(extents[rank - 2])};
  for (std::size_t axis = 0; axis + 2 < rank; ++axis) {
    kernel.extents.push_back(static_cast<std::int64_t>(extents[axis]));
  }
  return kernel;
}

// The numbers before each axis, then those after each.
template <typename Options>
Ints same_pads(const LayerCall& call, const Options& options, std::size_t axes) {
  Ints pads(2 * axes);
  for (std::size_t axis = 0; axis < axes; ++axis) {
    std::tie(pads[axis], pads[axes + axis]) =
        same_padding(call.shape()[axis], options.kernel_size[axis], options.strides[axis],
                     options.dilation_rate[axis]);
  }
  return pads;
}

// Conv and what it has beside it. `name` of the kernel, which stands there as ONNX has it.
template <typename Options>
Value convolution(const LayerCall& call, const Options& options, const char* name,
                  const Kernel& kernel, const Ints& pads, std::int64_t groups) {
  const std::size_t axes = pads.size() / 2;
  std::vector<Value> inputs{channels_first(call, call.input()),
                            call.weights(name, kernel.values, kernel.extents)};
  if (options.use_bias) inputs.push_back(call.weights("bias"));
  const Value value = call.onnx.call("Conv", inputs,
                                     {{"kernel_shape", ints_of(options.kernel_size, axes)},
                                      {"strides", ints_of(options.strides, axes)},
                                      {"dilations", ints_of(options.dilation_rate, axes)},
                                      {"pads", pads},
                                      {"group", groups}});
  return activated(call, channels_last(call, value), options.activation);
}

}  // namespace

Value channels_first(const LayerCall& call, const Value& value) {
  const std::int64_t axes = call.axes();
  Ints perm{0, axes - 1};
  for (std::int64_t axis = 1; axis + 1 < axes; ++axis) perm.push_back(axis);
  return call.onnx.call("Transpose", {value}, {{"perm", perm}});
}

Value channels_last(const LayerCall& call, const Value& value) {
  const std::int64_t axes = call.axes();
  Ints perm{0};
  for (std::int64_t axis = 2; axis < axes; ++axis) perm.push_back(axis);
  perm.push_back(1);
  return call.onnx.call("Transpose", {value}, {{"perm", perm}});
}

std::pair<std::int64_t, std::int64_t> same_padding(std::size_t in, std::size_t kernel,
                                                   std::size_t stride, std::size_t dilation) {
  const std::size_t out = (in + stride - 1) / stride;
  const std::size_t needed = (out - 1) * stride + (kernel - 1) * dilation + 1;
  const std::size_t total = needed > in ? needed - in : 0;
  return {static_cast<std::int64_t>(total / 2), static_cast<std::int64_t>(total - total / 2)};
}

Value to_onnx(const LayerCall& call, const Conv1dOptions& options) {
  Ints pads{0, 0};
  if (options.padding == TimePadding::same) pads = same_pads(call, options, 1);
  if (options.padding == TimePadding::causal) {
    pads[0] = static_cast<std::int64_t>((options.kernel_size[0] - 1) * options.dilation_rate[0]);
  }
  return convolution(call, options, "kernel", kernel_of(call, "kernel"), pads,
                     static_cast<std::int64_t>(options.groups));
}

Value to_onnx(const LayerCall& call, const Conv2dOptions& options) {
  const Ints pads =
      options.padding == Padding::same ? same_pads(call, options, 2) : Ints{0, 0, 0, 0};
  return convolution(call, options, "kernel", kernel_of(call, "kernel"), pads,
                     static_cast<std::int64_t>(options.groups));
}

// A group for every channel; (k…, in, m) becomes (in · m, 1, k…).
Value to_onnx(const LayerCall& call, const DepthwiseConv2dOptions& options) {
  const LayerCall::Array array = call.array("depthwise_kernel");
  const auto& extents = array.parameter->shape.extents();
  const std::size_t in = extents[2];
  const Kernel kernel{
      reversed_channels(array.values, 1, in * extents[3]),
      {static_cast<std::int64_t>(in * extents[3]), 1, static_cast<std::int64_t>(extents[0]),
       static_cast<std::int64_t>(extents[1])}};
  const Ints pads =
      options.padding == Padding::same ? same_pads(call, options, 2) : Ints{0, 0, 0, 0};
  return convolution(call, options, "depthwise_kernel", kernel, pads,
                     static_cast<std::int64_t>(in));
}

// Keras cuts the full result, (in − 1)s + (k − 1)d + 1 long, to the output's length from some
// offset on, or lengthens it with zeros at the end; ONNX takes away pads from either end.
Value to_onnx(const LayerCall& call, const Conv2dTransposeOptions& options) {
  Ints pads(4);
  Ints more(2);
  for (std::size_t axis = 0; axis < 2; ++axis) {
    const auto in = static_cast<std::int64_t>(call.shape()[axis]);
    const auto out = static_cast<std::int64_t>(call.output[axis]);
    const auto kernel = static_cast<std::int64_t>(options.kernel_size[axis]);
    const auto stride = static_cast<std::int64_t>(options.strides[axis]);
    const auto dilation = static_cast<std::int64_t>(options.dilation_rate[axis]);
    const std::int64_t reach = (kernel - 1) * dilation + 1;
    const std::int64_t full = (in - 1) * stride + reach;
    std::int64_t before = 0;
    if (options.padding == Padding::same) {  // as the layer itself finds it (net/layers/conv.cpp)
      const std::int64_t zeros =
          (options.output_padding
               ? reach + reach % 2 + static_cast<std::int64_t>((*options.output_padding)[axis])
               : stride + reach) -
          2;
      before = reach - 1 - std::min(zeros / 2 + zeros % 2, reach - 1);
    }
    const std::int64_t after = full - before - out;
    pads[axis] = before;
    pads[2 + axis] = std::max<std::int64_t>(after, 0);
    more[axis] = std::max<std::int64_t>(-after, 0);
  }
  const Kernel kernel = kernel_of(call, "kernel");  // (k…, out, in) as (in, out, k…)
  std::vector<Value> inputs{channels_first(call, call.input()),
                            call.weights("kernel", kernel.values, kernel.extents)};
  if (options.use_bias) inputs.push_back(call.weights("bias"));
  const Value value = call.onnx.call("ConvTranspose", inputs,
                                     {{"kernel_shape", ints_of(options.kernel_size, 2)},
                                      {"strides", ints_of(options.strides, 2)},
                                      {"dilations", ints_of(options.dilation_rate, 2)},
                                      {"pads", pads},
                                      {"output_padding", more}});
  return activated(call, channels_last(call, value), options.activation);
}

}  // namespace tusk::exports
