// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include "net/exports/onnx_layers.hpp"

namespace tusk::exports {
namespace {

using Ints = OnnxGraph::Ints;

// An axis that counts the batch as 0, from either end.
std::int64_t from_start(const LayerCall& call, std::int64_t axis) {
  return axis < 0 ? axis + call.axes() : axis;
}

// Extents with which numbers along these axes go with a whole batch.
Ints along(const LayerCall& call, const std::vector<std::int64_t>& axes) {
  Ints extents(static_cast<std::size_t>(call.axes()), 1);
  for (const std::int64_t axis : axes) {
    const std::int64_t place = from_start(call, axis);
    extents[static_cast<std::size_t>(place)] =
        static_cast<std::int64_t>(call.shape()[static_cast<std::size_t>(place) - 1]);
  }
  return extents;
}

}  // namespace

// (x − μ) · γ/√(v + ε) + β: what is left of it in inference.
Value to_onnx(const LayerCall& call, const BatchNormalizationOptions& options) {
  OnnxGraph& onnx = call.onnx;
  const std::span<const float> variance = call.array("moving_variance").values;
  std::vector<float> factors(variance.size());
  for (std::size_t i = 0; i < variance.size(); ++i) {
    const double gamma = options.scale ? double{call.array("gamma").values[i]} : 1.0;
    factors[i] = static_cast<float>(gamma / std::sqrt(double{variance[i]} + options.epsilon));
  }
  const Ints extents = along(call, options.axis.values);
  Value value = onnx.call("Sub", {call.input(), call.weights("moving_mean", extents)});
  value = onnx.call("Mul", {value, call.weights("factor", factors, extents)});
  if (options.center) value = onnx.call("Add", {value, call.weights("beta", extents)});
  return value;
}

Value to_onnx(const LayerCall& call, const LayerNormalizationOptions& options) {
  OnnxGraph& onnx = call.onnx;
  Ints axes;
  for (const std::int64_t axis : options.axis.values) axes.push_back(from_start(call, axis));
  std::ranges::sort(axes);
  const auto mean = [&](const Value& value) {
    return onnx.call("ReduceMean", {value}, {{"axes", axes}});
  };
  const Value centered = onnx.call("Sub", {call.input(), mean(call.input())});
  const Value variance = mean(onnx.call("Mul", {centered, centered}));
  const Value epsilon = onnx.number(static_cast<float>(options.epsilon));
  const Value deviation = onnx.call("Sqrt", {onnx.call("Add", {variance, epsilon})});
  Value value = onnx.call("Div", {centered, deviation});
  const Ints extents = along(call, axes);
  if (options.scale) value = onnx.call("Mul", {value, call.weights("gamma", extents)});
  if (options.center) value = onnx.call("Add", {value, call.weights("beta", extents)});
  return value;
}

Value to_onnx(const LayerCall& call, const NormalizationOptions& options) {
  OnnxGraph& onnx = call.onnx;
  const Ints extents = along(call, options.axis.values);
  const auto axis = static_cast<std::size_t>(from_start(call, options.axis.values.front())) - 1;
  const std::size_t channels = call.shape()[axis];
  const auto numbers = [&](const std::optional<std::vector<double>>& given, const char* name) {
    std::vector<float> values(channels);
    for (std::size_t i = 0; i < channels; ++i) {
      values[i] = given ? static_cast<float>((*given)[given->size() == 1 ? 0 : i])
                        : call.array(name).values[i];
    }
    return values;
  };
  std::vector<float> deviations = numbers(options.variance, "variance");
  for (float& value : deviations) value = std::max(std::sqrt(value), 1e-7F);
  const Value mean = call.weights("mean", numbers(options.mean, "mean"), extents);
  const Value deviation = call.weights("deviation", deviations, extents);
  if (options.invert) {
    return onnx.call("Add", {mean, onnx.call("Mul", {call.input(), deviation})});
  }
  return onnx.call("Div", {onnx.call("Sub", {call.input(), mean}), deviation});
}

Value to_onnx(const LayerCall& call, const RescalingOptions& options) {
  OnnxGraph& onnx = call.onnx;
  const Value scale = onnx.number(static_cast<float>(options.scale));
  const Value offset = onnx.number(static_cast<float>(options.offset));
  return onnx.call("Add", {onnx.call("Mul", {call.input(), scale}), offset});
}

}  // namespace tusk::exports
