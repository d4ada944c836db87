// SPDX-License-Identifier: Apache-2.0
#include "net/layers/final_activation.hpp"

#include <algorithm>

namespace tusk::layers {
namespace {

// The same numbers with a column for each place of the last axis, rather than for each sample.
template <typename T>
MatrixView<T> by_places(MatrixView<T> values, std::size_t features) {
  return {values.data(), features, values.size() / features};
}

}  // namespace

void FinalActivation::finish_part(Span part, const Forward& args) const {
  if (activation_ == Activation::softmax) return;
  if (kernels::gradient_is_told_by_input(activation_)) {
    std::ranges::copy(part, args.kept.data() + (part.data() - args.y().data()));
  }
  kernels::activate(activation_, part);
}

void FinalActivation::finish(const Forward& args) const {
  if (activation_ != Activation::softmax) return;
  const Matrix y = by_places(args.y(), features_);
  const std::size_t cost = features_ * kernels::activation_cost;
  args.pass.team.share(y.cols(), 1, cost, [&](const kernels::Share& share) {
    for (std::size_t place = share.first; place < share.last; ++place) {
      kernels::activate(activation_, y.col(place));
    }
  });
}

void FinalActivation::gradient(const Backward& args) const {
  if (activation_ == Activation::linear) return;
  const bool by_input = kernels::gradient_is_told_by_input(activation_);
  const ConstMatrix told_by = by_input ? args.kept : args.y();
  if (activation_ == Activation::softmax) {
    kernels::activation_gradient(activation_, by_places(told_by, features_),
                                 by_places(args.dy(), features_), args.pass.team);
  } else {
    kernels::activation_gradient(activation_, told_by, args.dy(), args.pass.team);
  }
}

}  // namespace tusk::layers
