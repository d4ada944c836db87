// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "net/exports/onnx_layers.hpp"

// Masks (layers/masks.hpp) in ONNX: values (batch, steps) of float32, 1 for a step that is there
// and 0. NetworkWriter (onnx.cpp) writes one where a layer first reads it.
namespace tusk::exports {

// That which a layer makes of its input: masking, or an embedding with mask_zero.
Value made_mask(const LayerCall& call, const LayerOptions& options);

// 1 where any of them has 1.
Value any_mask(OnnxGraph& onnx, const std::vector<Value>& masks);

// Masks behind each other; a part without one is there throughout. One has a mask at least.
struct MaskSpan {
  std::size_t steps = 0;
  std::optional<Value> mask;
};
Value concatenated_mask(OnnxGraph& onnx, std::span<const MaskSpan> parts);

// (batch, steps, …) from the last step to the first; a mask, too.
Value reversed_steps(OnnxGraph& onnx, const Value& value);

// The mean of x (batch, steps, channels) over the steps that are there: 0/0 where none is.
Value masked_mean(OnnxGraph& onnx, const Value& x, const Value& mask, bool keepdims);

// What ONNX's recurrent operators make of a sequence with gaps, though they know of none: the steps
// that are there are moved to its front, where the state goes from one to the next as if there were
// nothing between them; what is computed of the others, behind them, nobody reads.
class MaskedSteps {
 public:
  MaskedSteps(OnnxGraph& onnx, Value mask, std::size_t steps);

  // (batch, steps, features) with the steps that are there first, in their order.
  Value to_front(const Value& x) const;

  // From the outputs of these the outputs of all steps: one that is masked has that of the last one
  // before it that is there, zeros before the first.
  Value held(const Value& outputs) const;

  // The same with zeros in every masked step.
  Value zeroed(const Value& outputs) const;

 private:
  Value chosen(const Value& where, const Value& outputs) const;

  OnnxGraph& onnx_;
  Value mask_;
  std::size_t steps_;
  Value count_;  // of the steps that are there up to each, itself included
};

}  // namespace tusk::exports
