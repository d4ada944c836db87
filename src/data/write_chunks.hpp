// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "tusk/io/dataset.hpp"
#include "tusk/io/file.hpp"
#include "tusk/io/table.hpp"

namespace tusk::mpi {
class Communicator;
}

namespace tusk::data {

// Rows from `first` on of a chunked data set, in whole chunks but for the data set's last one: each
// rank compresses its own, rank 0 writes all. `dataset` is null on the other ranks. Collective if
// there is a communicator; every rank joins, also where another one fails. Rank 0 holds the chunks
// of one other rank at a time.
void write_chunks(io::Dataset* dataset, const io::TableField& field, const io::Storage& storage,
                  std::uint64_t first, std::span<const std::byte> rows,
                  const mpi::Communicator* communicator);

}  // namespace tusk::data
