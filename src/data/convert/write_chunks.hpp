// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "data/hdf5/file.hpp"
#include "data/hdf5/number_dataset.hpp"
#include "data/tables/table.hpp"

namespace tusk::mpi {
class Communicator;
}

namespace tusk::convert {

// Rows from `first` on of a chunked data set, in whole chunks but for the data set's last one: each
// rank compresses its own, rank 0 writes all. `dataset` is null on the other ranks. Collective if
// there is a communicator; every rank joins, also where another one fails. Rank 0 holds the chunks
// of one other rank at a time.
void write_chunks(hdf5::NumberDataset* dataset, const tables::TableField& field,
                  const hdf5::Storage& storage, std::uint64_t first,
                  std::span<const std::byte> rows, const mpi::Communicator* communicator);

}  // namespace tusk::convert
