// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "data/tables/array_file.hpp"

namespace tusk::tables {

// One or several IDX or NPY files behind one another, as one array: their rows have the same type
// and shape. A folder stands for the files in it that are called *.npy, *.npy.gz or *.npy.xz, in
// the order of their names, numbers in which count as such: part-2.npy before part-10.npy; its
// subfolders do not count.
class ArrayFiles {
 public:
  // Throws what ArrayFile throws; Error(no_input) for a folder without such files; Error(bad_data)
  // if the files differ in the type or shape of their rows.
  explicit ArrayFiles(const std::vector<std::string>& paths);

  const std::string& path() const { return parts_.front().path; }  // of the first one
  ElementType type() const { return type_; }
  std::uint64_t rows() const { return rows_; }
  const Shape& row_shape() const { return row_shape_; }
  std::size_t row_bytes() const { return row_shape_.elements() * size_of(type_); }
  const std::vector<RecordField>& record_fields() const { return record_fields_; }

  // Reads rows as ArrayFile::read_rows does, across the borders of files. One file at a time is
  // open.
  void read_rows(std::uint64_t first, std::span<std::byte> out);

 private:
  struct Part {
    std::string path;
    std::uint64_t end = 0;  // its last row's number, plus 1
  };

  void add(const std::string& path);
  void open(std::size_t part);

  std::vector<Part> parts_;
  std::unique_ptr<ArrayFile> file_;
  std::size_t open_part_ = 0;
  ElementType type_ = ElementType::u8;
  Shape row_shape_;
  std::vector<RecordField> record_fields_;
  std::uint64_t rows_ = 0;
};

}  // namespace tusk::tables
