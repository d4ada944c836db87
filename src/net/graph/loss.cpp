// SPDX-License-Identifier: Apache-2.0
#include "net/graph/loss.hpp"

#include "core/error.hpp"
#include "net/graph/losses.hpp"

namespace tusk::graph {

LabelKind label_kind(LossKind loss) {
  return loss == LossKind::categorical_crossentropy ? LabelKind::classes : LabelKind::values;
}

Activation fusible_activation(LossKind loss) {
  switch (loss) {
    case LossKind::categorical_crossentropy:
      return Activation::softmax;
    case LossKind::binary_crossentropy:
      return Activation::sigmoid;
    default:
      return Activation::linear;
  }
}

std::unique_ptr<Loss> make_loss(LossKind kind, bool fused, double huber_delta) {
  switch (kind) {
    case LossKind::categorical_crossentropy:
      return make_categorical_crossentropy(fused);
    case LossKind::binary_crossentropy:
      return make_binary_crossentropy(fused);
    case LossKind::mse:
      return make_mse();
    case LossKind::mae:
      return make_mae();
    case LossKind::huber:
      return make_huber(huber_delta);
  }
  fail(ExitCode::internal, "a loss without an implementation");
}

}  // namespace tusk::graph
