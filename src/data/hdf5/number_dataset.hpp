// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/element_type.hpp"
#include "tusk/shape.hpp"

namespace tusk::hdf5 {

struct DatasetState;

// An open data set of numbers: rows() rows, each of row_shape(). File::dataset opens one, and
// File::create_dataset makes one; see File for the threads and ranks that may use it. Cheap to
// copy.
class NumberDataset {
 public:
  const std::string& name() const;                    // its path in the file
  const std::string& path() const;                    // of the file
  ElementType type() const;                           // as read; the file may store it otherwise
  const std::vector<std::uint64_t>& extents() const;  // [rows, …]; empty for a scalar
  std::uint64_t rows() const;                         // 1 for a scalar
  Shape row_shape() const;                            // extents after the first
  std::size_t row_elements() const;
  std::uint64_t stored_bytes() const;  // in the file, compressed
  std::uint64_t chunk_rows() const;    // 0 if it is not chunked
  bool is_compressed() const;          // by chunks; to read one row is to unpack its whole chunk

  // How many rows to ask for at a time: some 8 MB, in whole chunks. More if the chunks are larger:
  // up to 256 MB, or a whole compressed chunk (4 GiB at most).
  std::uint64_t rows_per_transfer() const;

  // Rows [begin, end) in one transfer, converted to `type`. `out` has exactly the bytes for them.
  // Error(io_error) also if the file has become shorter since it was opened.
  // Collective if the file was opened with a communicator; a rank that has nothing to read joins
  // with begin == end.
  void read_rows(std::uint64_t begin, std::uint64_t end, ElementType type,
                 std::span<std::byte> out) const;

  // Writes rows [begin, end), which `rows` holds as numbers of `type`. Collective if the file was
  // opened with a communicator; a rank that has nothing to write joins with begin == end.
  void write_rows(std::uint64_t begin, std::uint64_t end, ElementType type,
                  std::span<const std::byte> rows);

  // Where a contiguous data set that was created `allocated` begins in its file, in bytes; its
  // elements follow one another as they are in memory.
  std::uint64_t storage_offset() const;

  // Writes the chunk that begins at this row as filter_chunk() made it. Not collective.
  void write_chunk(std::uint64_t first_row, std::span<const std::byte> filtered);

  // Grows an extendable data set by `count` rows.
  void append_rows(std::uint64_t count, ElementType type, std::span<const std::byte> rows);

  // Cuts an extendable data set to its first `count` rows.
  void cut_rows(std::uint64_t count);

  // The same for spans of numbers. They begin at row `begin` and hold whole rows.
  template <typename T>
  void read(std::uint64_t begin, std::span<T> out) const {
    read_rows(begin, begin + out.size() / row_elements(), element_type<T>(),
              std::as_writable_bytes(out));
  }
  template <typename T>
  void write(std::uint64_t begin, std::span<const T> rows) {
    write_rows(begin, begin + rows.size() / row_elements(), element_type<T>(), std::as_bytes(rows));
  }

 private:
  friend struct Access;
  explicit NumberDataset(std::shared_ptr<DatasetState> state) : state_(std::move(state)) {}

  std::shared_ptr<DatasetState> state_;
};

}  // namespace tusk::hdf5
