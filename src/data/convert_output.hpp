// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "tusk/io/file.hpp"
#include "tusk/io/pending_file.hpp"
#include "tusk/io/table.hpp"

namespace tusk::mpi {
class Communicator;
}

namespace tusk::data {

// An HDF5 file in the making, with a data set for each field of a table. All ranks write to it, if
// there is a communicator; then construction, finish() and destruction are collective.
class ConvertOutput {
 public:
  using Blocks = std::span<const std::span<const std::byte>>;  // by field

  // For so many rows. Throws Error(cannot_create) or Error(io_error).
  ConvertOutput(const std::string& path, const std::vector<io::TableField>& fields,
                std::uint64_t rows, const io::Storage& storage,
                const mpi::Communicator* communicator);

  std::uint64_t rows() const { return rows_; }

  // Rows [first, first + count), which nobody else writes. Collective for compressed data only; a
  // rank without rows then joins with count 0.
  void write(std::uint64_t first, std::uint64_t count, Blocks blocks);

  // Once every row has been written: stores the checksum and closes the file.
  void finish();

  // Gives the finished file its name. Not collective; one rank does it.
  void publish();

 private:
  // So that the checksum of all is known without reading the file again.
  struct Written {
    std::uint64_t first = 0;
    std::uint64_t bytes = 0;
    std::uint64_t checksum = 0;
  };

  void create_datasets(const io::Storage& storage);
  std::uint32_t checksum_of_field(std::size_t field) const;
  std::uint32_t checksum() const;

  const std::vector<io::TableField>& fields_;
  std::uint64_t rows_;
  const mpi::Communicator* communicator_;
  bool collective_writes_;
  std::optional<io::PendingFile> pending_;  // on one rank
  std::optional<io::File> file_;
  std::vector<io::Dataset> datasets_;          // by field
  std::vector<std::vector<Written>> written_;  // by field
};

}  // namespace tusk::data
