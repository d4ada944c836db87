// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "experiment/optimizer_options.hpp"
#include "tusk/optimizer.hpp"

namespace tusk::optim {

// The registry of optimizers: one line for each, whose definition is its source file.
// make_optimizer calls the one that goes with the options.
std::unique_ptr<Optimizer> make(const SgdOptions&, const CommonOptions&);
std::unique_ptr<Optimizer> make(const AdagradOptions&, const CommonOptions&);
std::unique_ptr<Optimizer> make(const RmspropOptions&, const CommonOptions&);
std::unique_ptr<Optimizer> make(const AdamOptions&, const CommonOptions&);  // AdamW
std::unique_ptr<Optimizer> make(const AdadeltaOptions&, const CommonOptions&);
std::unique_ptr<Optimizer> make(const AdamaxOptions&, const CommonOptions&);
std::unique_ptr<Optimizer> make(const NadamOptions&, const CommonOptions&);

// Checks of options: Error(bad_experiment) that names optimizer.<key>.
void require_in(const char* key, double value, double low, double high);  // low ≤ value ≤ high
void require_decay(const char* key, double value);                        // 0 ≤ value < 1
void require_not_negative(const char* key, double value);                 // 0 ≤ value < ∞

}  // namespace tusk::optim
