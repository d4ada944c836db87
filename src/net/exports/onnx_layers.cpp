// SPDX-License-Identifier: Apache-2.0
#include "net/exports/onnx_layers.hpp"

#include <variant>

#include "tusk/error.hpp"

namespace tusk::exports {
namespace {

OnnxGraph::Ints extents_of(const Shape& shape) {
  OnnxGraph::Ints extents;
  for (const std::size_t extent : shape.extents()) {
    extents.push_back(static_cast<std::int64_t>(extent));
  }
  return extents;
}

// An operator of two inputs over all inputs, from the first on.
Value folded(const LayerCall& call, const char* op) {
  Value value = call.input();
  for (std::size_t i = 1; i < call.inputs.size(); ++i) {
    value = call.onnx.call(op, {value, call.inputs[i]});
  }
  return value;
}

}  // namespace

Value LayerCall::weights(const std::string& name) const {
  return weights(name, extents_of(array(name).parameter->shape));
}

Value LayerCall::weights(const std::string& name, const OnnxGraph::Ints& extents) const {
  return weights(name, array(name).values, extents);
}

Value LayerCall::weights(const std::string& name, std::span<const float> values,
                         const OnnxGraph::Ints& extents) const {
  return onnx.weights(layer + "/" + name, values, extents);
}

Value to_onnx(const LayerCall& call, const LayerOptions& options) {
  return std::visit([&](const auto& kind) { return to_onnx(call, kind); },
                    static_cast<const LayerOptions&>(options));
}

Value to_onnx(const LayerCall& call, const DenseOptions& options) {
  Value value = call.onnx.call("MatMul", {call.input(), call.weights("kernel")});
  if (options.use_bias) value = call.onnx.call("Add", {value, call.weights("bias")});
  return activated(call, value, options.activation);
}

Value to_onnx(const LayerCall& call, const DropoutOptions& /*options*/) { return call.input(); }

Value to_onnx(const LayerCall& call, const FlattenOptions& /*options*/) {
  return call.onnx.reshaped(call.input(), call.output);
}

Value to_onnx(const LayerCall& call, const ReshapeOptions& /*options*/) {
  return call.onnx.reshaped(call.input(), call.output);
}

Value to_onnx(const LayerCall& call, const PermuteOptions& options) {
  OnnxGraph::Ints axes{0};
  for (const std::size_t axis : options.dims) axes.push_back(static_cast<std::int64_t>(axis));
  return call.onnx.call("Transpose", {call.input()}, {{"perm", axes}});
}

Value to_onnx(const LayerCall& call, const RepeatVectorOptions& options) {
  const Value step = call.onnx.call("Unsqueeze", {call.input(), call.onnx.ints({1})});
  const auto times = static_cast<std::int64_t>(options.n);
  return call.onnx.call("Tile", {step, call.onnx.ints({1, times, 1})});
}

Value to_onnx(const LayerCall& call, const AddOptions& /*options*/) { return folded(call, "Add"); }

Value to_onnx(const LayerCall& call, const SubtractOptions& /*options*/) {
  return folded(call, "Sub");
}

Value to_onnx(const LayerCall& call, const MultiplyOptions& /*options*/) {
  return folded(call, "Mul");
}

Value to_onnx(const LayerCall& call, const AverageOptions& /*options*/) {
  const auto count = static_cast<float>(call.inputs.size());
  return call.onnx.call("Div", {folded(call, "Add"), call.onnx.number(count)});
}

Value to_onnx(const LayerCall& call, const ConcatenateOptions& options) {
  return call.onnx.call("Concat", call.inputs, {{"axis", options.axis}});
}

Value to_onnx(const LayerCall& /*call*/, const UserLayer& options) {
  fail(ExitCode::bad_data, "'{}' is a layer of your own, which ONNX has no operator for",
       options.kind->full_name());
}

}  // namespace tusk::exports
