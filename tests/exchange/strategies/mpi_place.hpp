// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "exchange/center/make_center.hpp"
#include "mpi/communicator.hpp"
#include "place.hpp"

namespace tusk::strategies::testing {

// The ranks of a job, rank 0 the server and rank r worker r − 1. Collective.
std::unique_ptr<Place> make_mpi_place(const mpi::Communicator& communicator, center::Center center);

// All ranks of a job.
std::unique_ptr<Meeting> make_mpi_meeting(const mpi::Communicator& communicator);

}  // namespace tusk::strategies::testing
