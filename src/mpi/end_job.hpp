// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "mpi/environment.hpp"

namespace tusk::mpi {

// The function that `main` gave to Environment; empty before. Deadline calls it.
EndJob& end_job();

}  // namespace tusk::mpi
