// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "data/samples/augmentation.hpp"
#include "experiment/data_options.hpp"

namespace tusk::samples {

// Whether data.augment fits the model's inputs: lists for inputs that there are, images where
// pixels move, numbers rather than indices where they change, mixup once and last of its list.
// Error(bad_experiment) that names the key and says what would be right.
void check_augment(const AugmentLists& lists, const std::vector<Augmentation::Input>& inputs);

}  // namespace tusk::samples
