// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
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

// The same rows, piece by piece: take(position, bytes) gets the position among `rows` of the
// first row of a piece, and the piece, which is valid for the call. An Error that it throws is one
// of reading.
using TakeRows = std::function<void(std::uint64_t position, std::span<const std::byte> rows)>;
void read_rows(const JoinedDataset& dataset, const Rows& rows, ElementType type,
               const mpi::Communicator* communicator, const TakeRows& take);

}  // namespace tusk::datasets
