// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "site.hpp"
#include "tusk/center/make_center.hpp"
#include "tusk/mpi/communicator.hpp"

namespace tusk::center::testing {

// The ranks of a job, rank 0 the server and rank r worker r − 1. Collective.
std::unique_ptr<Site> make_mpi_site(const mpi::Communicator& communicator, Center center);

}  // namespace tusk::center::testing
