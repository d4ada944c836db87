// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "data/tables/table.hpp"

namespace tusk::convert {

// Some rows of a table in memory, a buffer for each field. copy_rows and scatter_rows read a table
// into it.
class FieldBuffers {
 public:
  FieldBuffers(const std::vector<tables::TableField>& fields, std::uint64_t capacity) {
    for (const tables::TableField& field : fields) {
      row_bytes_.push_back(field.row_bytes());
      buffers_.emplace_back(capacity * row_bytes_.back());
    }
  }

  // Room for so many rows, and the rows in it; there are at most `capacity`.
  std::vector<std::span<std::byte>> room(std::uint64_t rows) {
    std::vector<std::span<std::byte>> spans;
    for (std::size_t i = 0; i < buffers_.size(); ++i) {
      spans.push_back(std::span(buffers_[i]).first(rows * row_bytes_[i]));
    }
    return spans;
  }
  std::vector<std::span<const std::byte>> rows(std::uint64_t rows) const {
    std::vector<std::span<const std::byte>> spans;
    for (std::size_t i = 0; i < buffers_.size(); ++i) {
      spans.push_back(std::span(buffers_[i]).first(rows * row_bytes_[i]));
    }
    return spans;
  }

  // One row of one field.
  std::span<std::byte> row(std::size_t field, std::uint64_t row) {
    return std::span(buffers_[field]).subspan(row * row_bytes_[field], row_bytes_[field]);
  }

 private:
  std::vector<std::size_t> row_bytes_;
  std::vector<std::vector<std::byte>> buffers_;
};

}  // namespace tusk::convert
