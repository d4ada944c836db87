// SPDX-License-Identifier: Apache-2.0
#include "net/exports/onnx_masks.hpp"

#include <limits>
#include <utility>
#include <variant>

#include "tusk/error.hpp"

namespace tusk::exports {
namespace {

using Ints = OnnxGraph::Ints;

// data[b, indices[b, i]] for each sample b.
Value steps_at(OnnxGraph& onnx, const Value& data, const Value& indices) {
  const Value whole = onnx.call("Unsqueeze", {indices, onnx.ints({2})});
  return onnx.call("GatherND", {data, whole}, {{"batch_dims", std::int64_t{1}}});
}

}  // namespace

// Masking: 1 where a feature of the step is another than the masked value.
Value made_mask(const LayerCall& call, const LayerOptions& options) {
  OnnxGraph& onnx = call.onnx;
  if (const auto* masking = std::get_if<MaskingOptions>(&options)) {
    const Value masked = onnx.number(static_cast<float>(masking->mask_value));
    const Value differs = onnx.call("Not", {onnx.call("Equal", {call.input(), masked})});
    return onnx.call("ReduceMax", {onnx.cast(differs, OnnxType::f32)},
                     {{"axes", Ints{-1}}, {"keepdims", std::int64_t{0}}});
  }
  if (!std::holds_alternative<EmbeddingOptions>(options)) {
    fail(ExitCode::internal, "'{}' makes no mask", type_of(options));
  }
  const Value indices = onnx.cast(call.input(), OnnxType::i64);
  const Value is_none = onnx.call("Equal", {indices, onnx.ints({0})});
  return onnx.cast(onnx.call("Not", {is_none}), OnnxType::f32);
}

// A step whose features all are the masked value becomes zeros.
Value to_onnx(const LayerCall& call, const MaskingOptions& options) {
  OnnxGraph& onnx = call.onnx;
  const Value is_there = onnx.cast(made_mask(call, options), OnnxType::boolean);
  const Value step = onnx.call("Unsqueeze", {is_there, onnx.ints({2})});
  return onnx.call("Where", {step, call.input(), onnx.number(0.0F)});
}

Value any_mask(OnnxGraph& onnx, const std::vector<Value>& masks) { return onnx.call("Max", masks); }

Value concatenated_mask(OnnxGraph& onnx, std::span<const MaskSpan> parts) {
  Value batch;
  for (const MaskSpan& part : parts) {
    if (!part.mask) continue;
    batch =
        onnx.call("Shape", {*part.mask}, {{"start", std::int64_t{0}}, {"end", std::int64_t{1}}});
    break;
  }
  std::vector<Value> masks;
  for (const MaskSpan& part : parts) {
    if (part.mask) {
      masks.push_back(*part.mask);
      continue;
    }
    const Value steps = onnx.ints({static_cast<std::int64_t>(part.steps)});
    const Value shape = onnx.call("Concat", {batch, steps}, {{"axis", std::int64_t{0}}});
    masks.push_back(onnx.call("Expand", {onnx.number(1.0F), shape}));
  }
  return onnx.call("Concat", masks, {{"axis", std::int64_t{1}}});
}

Value reversed_steps(OnnxGraph& onnx, const Value& value) {
  return onnx.call("Slice",
                   {value, onnx.ints({-1}), onnx.ints({std::numeric_limits<std::int64_t>::min()}),
                    onnx.ints({1}), onnx.ints({-1})});
}

Value masked_mean(OnnxGraph& onnx, const Value& x, const Value& mask, bool keepdims) {
  const Value there = onnx.call("Unsqueeze", {mask, onnx.ints({2})});
  const Value is_there = onnx.cast(there, OnnxType::boolean);
  const Value kept = onnx.call("Where", {is_there, x, onnx.number(0.0F)});
  const auto sum = [&](const Value& value) {
    return onnx.call("ReduceSum", {value, onnx.ints({1})},
                     {{"keepdims", std::int64_t{keepdims ? 1 : 0}}});
  };
  return onnx.call("Div", {sum(kept), sum(there)});
}

MaskedSteps::MaskedSteps(OnnxGraph& onnx, Value mask, std::size_t steps)
    : onnx_(onnx),
      mask_(std::move(mask)),
      steps_(steps),
      count_(onnx.call("CumSum", {mask_, onnx.integer(1)})) {}

// Sorted by numbers that are the larger the earlier a step is, and larger by all steps if it is
// there.
Value MaskedSteps::to_front(const Value& x) const {
  std::vector<float> ranks;
  for (std::size_t i = 0; i < steps_; ++i) ranks.push_back(static_cast<float>(steps_ - i));
  const auto steps = static_cast<std::int64_t>(steps_);
  const Value ahead = onnx_.call("Mul", {mask_, onnx_.number(static_cast<float>(steps_))});
  const Value keys = onnx_.call("Add", {ahead, onnx_.constant(ranks, {steps})});
  const std::vector<Value> sorted =
      onnx_.call_all("TopK", {keys, onnx_.ints({steps})}, {{"axis", std::int64_t{1}}}, 2);
  return steps_at(onnx_, x, sorted[1]);
}

Value MaskedSteps::held(const Value& outputs) const {
  const Value places = onnx_.call("Sub", {count_, onnx_.number(1.0F)});
  const Value inside = onnx_.call("Max", {places, onnx_.number(0.0F)});
  return chosen(count_, steps_at(onnx_, outputs, onnx_.cast(inside, OnnxType::i64)));
}

Value MaskedSteps::zeroed(const Value& outputs) const { return chosen(mask_, held(outputs)); }

// The outputs where a number of the step is above 0, zeros elsewhere.
Value MaskedSteps::chosen(const Value& where, const Value& outputs) const {
  const Value is_chosen = onnx_.call("Greater", {where, onnx_.number(0.0F)});
  const Value step = onnx_.call("Unsqueeze", {is_chosen, onnx_.ints({2})});
  return onnx_.call("Where", {step, outputs, onnx_.number(0.0F)});
}

}  // namespace tusk::exports
