// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>

#include "core/element_type.hpp"
#include "data/datasets/joined_dataset.hpp"
#include "data/datasets/rows.hpp"

namespace tusk::mpi {
class Communicator;
}

namespace tusk::datasets {

// Reads `rows` of a data set, converted to `type`, one after the other into `out`. It reads all
// rows from the first to the last in pieces of some megabytes and keeps those that are wanted. With
// a communicator it is collective and every rank throws the same Error.
void read_rows(const JoinedDataset& dataset, const Rows& rows, ElementType type,
               const mpi::Communicator* communicator, std::span<std::byte> out);

}  // namespace tusk::datasets
