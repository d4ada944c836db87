// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "tusk/data/convert.hpp"
#include "tusk/io/table.hpp"

namespace tusk::data {

// The inputs of a conversion as one table. Collective if there is a communicator; every error is
// then every rank's. Throws Error(usage) for inputs that do not go together, and what the tables of
// their formats throw.
std::unique_ptr<io::Table> open_table(const ConvertOptions& options,
                                      const mpi::Communicator* communicator);

}  // namespace tusk::data
