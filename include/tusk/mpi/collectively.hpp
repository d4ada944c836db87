// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

namespace tusk::mpi {

class Communicator;

// Collective. Runs `work` on every rank; if it throws on some, every rank throws an Error with the
// exit code and message of the lowest of them, so that the job ends in one way and the user sees
// one line. `work` must hold no collective call that one rank can skip. Exceptions other than Error
// become Error(internal). Ranks that are done sooner sleep until the last one is.
void collectively(const Communicator& communicator, const std::function<void()>& work);

}  // namespace tusk::mpi
