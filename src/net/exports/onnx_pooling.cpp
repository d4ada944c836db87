// SPDX-License-Identifier: Apache-2.0
#include <tuple>

#include "net/exports/onnx_layers.hpp"
#include "net/exports/onnx_masks.hpp"

namespace tusk::exports {
namespace {

using Ints = OnnxGraph::Ints;

// Padding counts for neither: a maximum passes it over, a mean is that of what is there.
template <typename Options>
Value pooled(const LayerCall& call, const Options& options, const char* op, std::size_t axes) {
  Ints kernel;
  Ints strides;
  Ints pads(2 * axes);
  for (std::size_t axis = 0; axis < axes; ++axis) {
    const std::size_t size = options.pool_size[axis];
    const std::size_t stride = options.strides ? (*options.strides)[axis] : size;
    kernel.push_back(static_cast<std::int64_t>(size));
    strides.push_back(static_cast<std::int64_t>(stride));
    if (options.padding != Padding::same) continue;
    std::tie(pads[axis], pads[axes + axis]) = same_padding(call.shape()[axis], size, stride, 1);
  }
  const Value value =
      call.onnx.call(op, {channels_first(call, call.input())},
                     {{"kernel_shape", kernel}, {"strides", strides}, {"pads", pads}});
  return channels_last(call, value);
}

Value pooled_whole(const LayerCall& call, const char* op, bool keepdims) {
  Ints axes;
  for (std::int64_t axis = 1; axis + 1 < call.axes(); ++axis) axes.push_back(axis);
  return call.onnx.call(op, {call.input()},
                        {{"axes", axes}, {"keepdims", std::int64_t{keepdims ? 1 : 0}}});
}

}  // namespace

Value to_onnx(const LayerCall& call, const MaxPooling1dOptions& options) {
  return pooled(call, options, "MaxPool", 1);
}
Value to_onnx(const LayerCall& call, const MaxPooling2dOptions& options) {
  return pooled(call, options, "MaxPool", 2);
}
Value to_onnx(const LayerCall& call, const AveragePooling1dOptions& options) {
  return pooled(call, options, "AveragePool", 1);
}
Value to_onnx(const LayerCall& call, const AveragePooling2dOptions& options) {
  return pooled(call, options, "AveragePool", 2);
}
Value to_onnx(const LayerCall& call, const GlobalMaxPooling1dOptions& options) {
  return pooled_whole(call, "ReduceMax", options.keepdims);
}
Value to_onnx(const LayerCall& call, const GlobalMaxPooling2dOptions& options) {
  return pooled_whole(call, "ReduceMax", options.keepdims);
}
Value to_onnx(const LayerCall& call, const GlobalAveragePooling1dOptions& options) {
  if (call.mask) return masked_mean(call.onnx, call.input(), *call.mask, options.keepdims);
  return pooled_whole(call, "ReduceMean", options.keepdims);
}
Value to_onnx(const LayerCall& call, const GlobalAveragePooling2dOptions& options) {
  return pooled_whole(call, "ReduceMean", options.keepdims);
}

Value to_onnx(const LayerCall& call, const UpSampling2dOptions& options) {
  OnnxGraph& onnx = call.onnx;
  const std::vector<float> scales{1.0F, 1.0F, static_cast<float>(options.size[0]),
                                  static_cast<float>(options.size[1])};
  const bool is_nearest = options.interpolation == Interpolation::nearest;
  const std::vector<Value> inputs{channels_first(call, call.input()), "",
                                  onnx.constant(scales, {4})};
  const Value value = onnx.call(
      "Resize", inputs,
      {{"mode", std::string(is_nearest ? "nearest" : "linear")},
       {"coordinate_transformation_mode", std::string(is_nearest ? "asymmetric" : "half_pixel")},
       {"nearest_mode", std::string("floor")}});
  return channels_last(call, value);
}

Value to_onnx(const LayerCall& call, const ZeroPadding2dOptions& options) {
  Ints pads(8);  // before each axis, then after each
  for (std::size_t axis = 0; axis < 2; ++axis) {
    pads[1 + axis] = static_cast<std::int64_t>(options.padding[axis].before());
    pads[5 + axis] = static_cast<std::int64_t>(options.padding[axis].after());
  }
  return call.onnx.call("Pad", {call.input(), call.onnx.ints(pads)});
}

}  // namespace tusk::exports
