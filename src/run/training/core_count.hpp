// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

namespace tusk::mpi {
class Communicator;
}

namespace tusk::training {

// Collective. Warns, once, if several threads a rank are to compute on a node and are more than the
// cores that its ranks are bound to. `threads`: how many this rank computes with, 0 if it computes
// nothing. train() and train_ensemble() call it before they start.
void warn_of_few_cores(std::size_t threads, const mpi::Communicator& world);

}  // namespace tusk::training
