// SPDX-License-Identifier: Apache-2.0
#include "tusk/training/passes.hpp"

namespace tusk::training {

std::optional<Pass> ShardPasses::next() {
  if (epoch_ == epochs_) return std::nullopt;
  batches_.start_epoch(++epoch_);
  return Pass{epoch_, &batches_};
}

}  // namespace tusk::training
