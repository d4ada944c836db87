// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

namespace tusk::mpi {
class Communicator;
}
namespace tusk::training {
struct Assembly;
}

namespace tusk::advice {

// Collective. Seconds that a worker's step takes here, with its batch and the optimizer: every rank
// that has a worker trains it by itself for a tenth of a second, for three steps at least, all at
// the same time, and forgets it; their mean. Nothing where no rank has samples.
// Throws mpi::CollectiveError: what a step throws that diverges at once, or bad_data.
std::optional<double> measure_step(const training::Assembly& assembly,
                                   const mpi::Communicator& world);

}  // namespace tusk::advice
