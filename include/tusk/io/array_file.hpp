// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "tusk/core/shape.hpp"
#include "tusk/io/array_header.hpp"
#include "tusk/io/input_file.hpp"

namespace tusk::io {

// An array in an IDX or NPY file, plain or compressed. What it declares is checked against the
// bytes it can hold before anything is allocated.
class ArrayFile {
 public:
  // Throws Error(no_input), or Error(bad_data) if the header is malformed, the file too short or
  // too long for it, the array empty or a row of it larger than 1 GiB.
  explicit ArrayFile(const std::string& path);

  const std::string& path() const { return file_.path(); }
  ElementType type() const { return header_.type; }
  std::uint64_t rows() const { return header_.extents.front(); }
  const Shape& row_shape() const { return row_shape_; }
  std::size_t row_bytes() const;

  // out.size() / row_bytes() rows from `first` on, in the machine's byte order. Throws
  // Error(bad_data) if the compressed data ends before, or goes on behind the last row.
  void read_rows(std::uint64_t first, std::span<std::byte> out);

 private:
  void check_size() const;

  InputFile file_;
  ArrayHeader header_;
  Shape row_shape_;
  std::uint64_t next_row_ = 0;  // where the file stands
};

}  // namespace tusk::io
