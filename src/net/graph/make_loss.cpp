// SPDX-License-Identifier: Apache-2.0
#include "net/graph/make_loss.hpp"

#include <variant>

#include "net/graph/losses.hpp"
#include "tusk/error.hpp"

namespace tusk::graph {

std::unique_ptr<Loss> make_loss(const LossOptions& options, const LossDetails& details) {
  if (const auto* user = std::get_if<UserLoss>(&options)) {
    std::unique_ptr<Loss> loss = user->kind->make(user->options);
    if (!loss) fail(ExitCode::internal, "the loss '{}' makes no loss", user->kind->full_name());
    return loss;
  }
  switch (std::get<LossKind>(options)) {
    case LossKind::categorical_crossentropy:
      return make_categorical_crossentropy(details.label_smoothing, details.from_logits);
    case LossKind::binary_crossentropy:
      return make_binary_crossentropy(details.label_smoothing, details.from_logits);
    case LossKind::mse:
      return make_mse();
    case LossKind::mae:
      return make_mae();
    case LossKind::huber:
      return make_huber(details.huber_delta);
  }
  fail(ExitCode::internal, "a loss without an implementation");
}

}  // namespace tusk::graph
