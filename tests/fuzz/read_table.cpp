// SPDX-License-Identifier: Apache-2.0
#include "read_table.hpp"

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

#include "target.hpp"

namespace tusk::fuzz {

void read_rows(io::Table& table) {
  constexpr std::uint64_t rows_at_a_time = 3;
  std::vector<std::vector<std::byte>> buffers;
  for (const io::TableField& field : table.fields()) {
    if (field.row_bytes() > (1U << 20)) return;
    buffers.emplace_back(rows_at_a_time * field.row_bytes());
  }
  must_hold(table.rows() > 0, "a table has rows");
  for (std::uint64_t row = 0; row < table.rows();) {
    const std::uint64_t count = std::min(rows_at_a_time, table.rows() - row);
    std::vector<std::span<std::byte>> blocks;
    for (std::size_t i = 0; i < buffers.size(); ++i) {
      blocks.push_back(std::span(buffers[i]).first(count * table.fields()[i].row_bytes()));
    }
    table.read_rows(row, count, blocks);
    row += count;
  }
}

}  // namespace tusk::fuzz
