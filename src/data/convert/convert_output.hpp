// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/pending_file.hpp"
#include "data/convert/raw_file.hpp"
#include "data/hdf5/file.hpp"
#include "data/tables/table.hpp"
#include "mpi/file_lock.hpp"

namespace tusk::mpi {
class Communicator;
}

namespace tusk::convert {

// An HDF5 file in the making, with a data set for each field of a table, to which all ranks write.
//
// Only rank 0 works with it as HDF5; MPI-IO beneath HDF5 would hang when a disk is full. Into
// contiguous data sets, which have their place from the beginning, every rank writes its rows at
// their offset. Chunks are compressed by the rank that has their rows, and written by rank 0.
class ConvertOutput {
 public:
  using Blocks = std::span<const std::span<const std::byte>>;  // by field

  // Creates the file, with data sets for so many rows. Collective if there is a communicator.
  // Throws Error(cannot_create) or Error(io_error).
  ConvertOutput(const std::string& path, const std::vector<tables::TableField>& fields,
                std::uint64_t rows, const hdf5::Storage& storage,
                const mpi::Communicator* communicator);

  const std::string& path() const { return path_; }
  std::uint64_t rows() const { return rows_; }

  // Writes rows [first, first + count), which no other rank writes. With chunks, the rows are whole
  // chunks, the call is collective, and a rank without rows joins with count 0.
  void write(std::uint64_t first, std::uint64_t count, Blocks blocks);

  // Once every row has been written: stores the checksum and closes the file. Collective.
  void finish();

  // Gives up a file that is not finished: frees the disk space. HDF5 crashes at the end of the
  // process if it could not write all it had when a file was closed, as where the disk is full; so
  // this is to be done to all files before one of them is destroyed.
  void give_up() noexcept;

  // Gives the finished file its name. Not collective: rank 0 does it, for the others it is nothing.
  void publish();

 private:
  // A stretch of bytes with its checksum. All together give the checksum of the data sets without
  // reading the file again.
  struct Written {
    std::uint64_t first = 0;
    std::uint64_t bytes = 0;
    std::uint64_t checksum = 0;
  };

  bool is_first() const;
  void create();
  void write_field(std::size_t field, std::uint64_t first, std::span<const std::byte> rows);
  std::uint32_t checksum_of_field(std::size_t field) const;
  std::uint32_t checksum() const;

  std::string path_;
  const std::vector<tables::TableField>& fields_;
  std::uint64_t rows_;
  hdf5::Storage storage_;
  const mpi::Communicator* communicator_;
  std::optional<mpi::FileLock> lock_;          // on rank 0
  std::optional<PendingFile> pending_;         // on rank 0
  std::optional<hdf5::File> file_;             // on rank 0, for chunks
  std::vector<hdf5::NumberDataset> datasets_;  // on rank 0, for chunks; by field
  RawFile raw_;                                // for contiguous data sets
  std::vector<std::uint64_t> offsets_;         // of contiguous data sets; by field
  std::vector<std::vector<Written>> written_;  // by field
};

}  // namespace tusk::convert
