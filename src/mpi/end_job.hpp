// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "mpi/environment.hpp"

namespace tusk::mpi {

// What `main` gave to Environment; empty before.
EndJob& end_job();

}  // namespace tusk::mpi
