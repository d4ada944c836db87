// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "experiment/optimizer_options.hpp"
#include "tusk/optimizer.hpp"

namespace tusk::optim {

// The registry of optimizers: one line for each, whose definition is its source file.
// make_optimizer calls the one that goes with the options, once they have been found to obey their
// rules.
std::unique_ptr<Optimizer> make(const SgdOptions&, const CommonOptions&);
std::unique_ptr<Optimizer> make(const AdagradOptions&, const CommonOptions&);
std::unique_ptr<Optimizer> make(const RmspropOptions&, const CommonOptions&);
std::unique_ptr<Optimizer> make(const AdamOptions&, const CommonOptions&);  // AdamW
std::unique_ptr<Optimizer> make(const AdadeltaOptions&, const CommonOptions&);
std::unique_ptr<Optimizer> make(const AdamaxOptions&, const CommonOptions&);
std::unique_ptr<Optimizer> make(const NadamOptions&, const CommonOptions&);

}  // namespace tusk::optim
