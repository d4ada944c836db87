// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "experiment/model_options.hpp"

namespace tusk {
struct Extensions;
}

namespace tusk::experiment {

// A loss as `tusk evaluate --loss` takes it: what may stand for model.loss in an experiment, "mse"
// or { type = "mine", scale = 2.0 }. Without a table a user's loss has its default options.
// Error(usage) if it is none.
LossOptions read_loss(std::string_view text, const Extensions& extensions);

}  // namespace tusk::experiment
