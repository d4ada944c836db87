// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "experiment/data_options.hpp"

namespace tusk::mpi {
class Communicator;
}

namespace tusk::samples {

// Collective: data.memory_limit in bytes, the same on every rank. Without one, half of the memory
// of the least node divided by the ranks on it. That is the machine's, or what the batch system
// grants, not what happens to be free, so that the order of the samples does not depend on the
// hour.
std::uint64_t memory_limit(const DataOptions& options, const mpi::Communicator& world);

}  // namespace tusk::samples
