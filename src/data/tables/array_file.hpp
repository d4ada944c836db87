// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "data/tables/array_header.hpp"
#include "data/tables/input_file.hpp"
#include "tusk/shape.hpp"

namespace tusk::tables {

// An array in an IDX or NPY file, plain or compressed. What it declares is checked against the
// bytes it can hold before anything is allocated.
class ArrayFile {
 public:
  // Throws Error(no_input), or Error(bad_data) if the header is malformed, the file too short or
  // too long for it, the array empty, a row of it larger than 1 GiB, or if it is compressed and in
  // Fortran order.
  explicit ArrayFile(const std::string& path);

  const std::string& path() const { return file_.path(); }
  ElementType type() const { return header_.number.type; }
  std::uint64_t rows() const { return header_.extents.front(); }
  const Shape& row_shape() const { return row_shape_; }
  std::size_t row_bytes() const { return row_shape_.elements() * size_of(type()); }

  // The fields of a record, if this is an array of records: then type() is u8 and a row holds the
  // bytes of one record. Empty for an array of numbers.
  const std::vector<RecordField>& record_fields() const { return header_.record_fields; }

  // Reads out.size() / row_bytes() rows from `first` on, in the machine's byte order and C order.
  // Throws Error(bad_data) if the compressed data ends before, or goes on behind the last row.
  void read_rows(std::uint64_t first, std::span<std::byte> out);

 private:
  std::size_t stored_row_bytes() const { return row_shape_.elements() * header_.number.bytes(); }
  void check_size() const;
  void read_in_order(std::uint64_t first, std::span<std::byte> out);
  void read_transposed(std::uint64_t first, std::span<std::byte> out);

  InputFile file_;
  ArrayHeader header_;
  Shape row_shape_;
};

}  // namespace tusk::tables
