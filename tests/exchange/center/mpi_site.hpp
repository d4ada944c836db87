// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "exchange/center/make_center.hpp"
#include "mpi/communicator.hpp"
#include "site.hpp"

namespace tusk::center::testing {

// The ranks of a job: the first ones serve, a shard each, and the others are the workers.
// Collective.
std::unique_ptr<Site> make_mpi_site(const mpi::Communicator& communicator, Center center,
                                    std::size_t shards = 1);

}  // namespace tusk::center::testing
