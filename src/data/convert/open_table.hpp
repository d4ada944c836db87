// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "data/convert/convert.hpp"
#include "data/tables/table.hpp"

namespace tusk::convert {

// The inputs of a conversion as one table. Collective if there is a communicator; every error is
// then every rank's. Throws Error(usage) for inputs that do not go together, and what the tables of
// their formats throw.
std::unique_ptr<tables::Table> open_table(const ConvertOptions& options,
                                          const mpi::Communicator* communicator);

}  // namespace tusk::convert
