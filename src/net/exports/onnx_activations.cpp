// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <numbers>

#include "net/exports/onnx_layers.hpp"
#include "tusk/error.hpp"

namespace tusk::exports {
namespace {

Value hard_sigmoid(const LayerCall& call, const Value& x, double alpha) {
  return call.onnx.call("HardSigmoid", {x}, {{"alpha", static_cast<float>(alpha)}, {"beta", 0.5F}});
}

// ½ x (1 + erf(x/√2))
Value gelu(const LayerCall& call, const Value& x) {
  OnnxGraph& onnx = call.onnx;
  const Value scaled = onnx.call("Div", {x, onnx.number(std::numbers::sqrt2_v<float>)});
  const Value one_more = onnx.call("Add", {onnx.call("Erf", {scaled}), onnx.number(1.0F)});
  return onnx.call("Mul", {onnx.call("Mul", {x, onnx.number(0.5F)}), one_more});
}

}  // namespace

Value activated(const LayerCall& call, const Value& x, Activation activation) {
  OnnxGraph& onnx = call.onnx;
  switch (activation) {
    case Activation::linear:
      return x;
    case Activation::relu:
      return onnx.call("Relu", {x});
    case Activation::sigmoid:
      return onnx.call("Sigmoid", {x});
    case Activation::tanh:
      return onnx.call("Tanh", {x});
    case Activation::softmax:
      return onnx.call("Softmax", {x}, {{"axis", std::int64_t{-1}}});
    case Activation::elu:
      return onnx.call("Elu", {x}, {{"alpha", 1.0F}});
    case Activation::selu:
      return onnx.call("Selu", {x}, {{"alpha", 1.67326324F}, {"gamma", 1.05070098F}});
    case Activation::softplus:
      return onnx.call("Softplus", {x});
    case Activation::leaky_relu:
      return onnx.call("LeakyRelu", {x}, {{"alpha", 0.2F}});
    case Activation::silu:
      return onnx.call("Mul", {x, onnx.call("Sigmoid", {x})});
    case Activation::gelu:
      return gelu(call, x);
    case Activation::hard_sigmoid:
      return hard_sigmoid(call, x, 1.0 / 6.0);
    case Activation::hard_sigmoid_keras2:
      return hard_sigmoid(call, x, 0.2);
  }
  fail(ExitCode::internal, "an activation without an operator");
}

Value to_onnx(const LayerCall& call, const ActivationOptions& options) {
  return activated(call, call.input(), options.activation);
}

// x ≥ max: max; x ≥ threshold: x; else slope · (x − threshold).
Value to_onnx(const LayerCall& call, const ReluOptions& options) {
  OnnxGraph& onnx = call.onnx;
  const Value& x = call.input();
  const Value threshold = onnx.number(static_cast<float>(options.threshold));
  const Value low = onnx.call("Mul", {onnx.call("Sub", {x, threshold}),
                                      onnx.number(static_cast<float>(options.negative_slope))});
  Value value = onnx.call("Where", {onnx.call("GreaterOrEqual", {x, threshold}), x, low});
  if (options.max_value) {
    const Value most = onnx.number(static_cast<float>(*options.max_value));
    value = onnx.call("Where", {onnx.call("GreaterOrEqual", {x, most}), most, value});
  }
  return value;
}

Value to_onnx(const LayerCall& call, const LeakyReluOptions& options) {
  return call.onnx.call("LeakyRelu", {call.input()},
                        {{"alpha", static_cast<float>(options.negative_slope)}});
}

Value to_onnx(const LayerCall& call, const PreluOptions& /*options*/) {
  return call.onnx.call("PRelu", {call.input(), call.weights("alpha")});
}

Value to_onnx(const LayerCall& call, const EluOptions& options) {
  return call.onnx.call("Elu", {call.input()}, {{"alpha", static_cast<float>(options.alpha)}});
}

Value to_onnx(const LayerCall& call, const SoftmaxOptions& options) {
  return call.onnx.call("Softmax", {call.input()}, {{"axis", options.axis}});
}

}  // namespace tusk::exports
