// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "data/convert/raw_file.hpp"

namespace tusk::mpi {
class Communicator;
}

namespace tusk::convert {

// A temporary file in which all ranks sort records of one size into buckets: each writes what it
// has, then each reads whole buckets. Nobody sees the file, whose name is gone as soon as all have
// it open. Memory: 64 MiB of buffers, but one record a bucket at least.
class Spool {
 public:
  // `counts`: how many records this rank has for each bucket. Collective if there is a
  // communicator. Throws Error(cannot_create).
  Spool(const std::string& path, std::size_t record_bytes, std::vector<std::uint64_t> counts,
        const mpi::Communicator* communicator);

  // Room for this rank's next record in a bucket, to be filled before the next call. Throws
  // Error(io_error), as when the disk is full.
  std::span<std::byte> next(std::size_t bucket);

  // Writes what is buffered. When all ranks have done it, buckets can be read.
  void flush();

  // The number of records in a bucket, and all of them, in no certain order.
  std::uint64_t size(std::size_t bucket) const { return sizes_[bucket]; }
  void read(std::size_t bucket, std::vector<std::byte>& records) const;

 private:
  struct Buffer {
    std::vector<std::byte> bytes;
    std::uint64_t offset = 0;  // where the file takes them
    std::uint64_t left = 0;    // records that may still come
  };

  void open(const std::string& path, const mpi::Communicator* communicator);
  void write(Buffer& buffer);

  std::size_t record_bytes_;
  std::size_t buffer_bytes_;
  RawFile file_;
  std::vector<Buffer> buffers_;        // by bucket
  std::vector<std::uint64_t> sizes_;   // by bucket, of all ranks
  std::vector<std::uint64_t> begins_;  // by bucket, in the file
};

}  // namespace tusk::convert
