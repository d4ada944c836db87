// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include "net/kernels/activation.hpp"
#include "tusk/layer.hpp"

namespace tusk::layers {

// The activation that a layer with weights ends in: y = f(z), along the last axis of an output of
// any rank. It is applied to each part of a product while that part is in the cache, but for a
// softmax, which needs all features of a place together. Dense and its like call it:
//
//   memory     .kept = kept(outputs): of z, where f's gradient is told by it (silu, gelu);
//              .backward_reads_outputs = reads_outputs()
//   forward    finish_part() for each part of z in y's memory; finish() once z is complete
//   backward   dy becomes dz by gradient()
//
// `features`: the extent of the last axis. `outputs`: the numbers of a sample.
class FinalActivation {
 public:
  FinalActivation(Activation activation, std::size_t features)
      : activation_(activation), features_(features) {}

  std::size_t kept(std::size_t outputs) const {
    return kernels::gradient_is_told_by_input(activation_) ? outputs : 0;
  }

  bool reads_outputs() const {
    return activation_ != Activation::linear && !kernels::gradient_is_told_by_input(activation_);
  }

  void finish_part(Span part, const Forward& args) const;
  void finish(const Forward& args) const;
  void gradient(const Backward& args) const;

 private:
  Activation activation_;
  std::size_t features_;
};

}  // namespace tusk::layers
