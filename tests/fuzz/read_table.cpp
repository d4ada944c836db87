// SPDX-License-Identifier: Apache-2.0
#include "read_table.hpp"

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

#include "target.hpp"

namespace tusk::fuzz {
namespace {

constexpr std::uint64_t most_row_bytes = 1U << 20;
constexpr std::uint64_t most_rows_twice = 30;

// The rows [first, first + count), a buffer a field.
std::vector<std::vector<std::byte>> read(tables::Table& table, std::uint64_t first,
                                         std::uint64_t count) {
  std::vector<std::vector<std::byte>> buffers;
  for (const tables::TableField& field : table.fields())
    buffers.emplace_back(count * field.row_bytes());
  const std::vector<std::span<std::byte>> out(buffers.begin(), buffers.end());
  table.read_rows(first, count, out);
  return buffers;
}

}  // namespace

void read_rows(tables::Table& table) {
  must_hold(table.rows() > 0, "a table has rows");
  for (const tables::TableField& field : table.fields()) {
    if (field.row_bytes() > most_row_bytes) return;
  }
  constexpr std::uint64_t rows_at_once = 3;
  std::vector<std::vector<std::vector<std::byte>>> blocks;
  for (std::uint64_t row = 0; row < table.rows(); row += rows_at_once) {
    auto block = read(table, row, std::min(rows_at_once, table.rows() - row));
    if (table.rows() <= most_rows_twice) blocks.push_back(std::move(block));
  }
  for (std::size_t i = blocks.size(); i-- > 0;) {
    const std::uint64_t row = i * rows_at_once;
    must_hold(read(table, row, std::min(rows_at_once, table.rows() - row)) == blocks[i],
              "rows are the same, whatever was read before");
  }
}

}  // namespace tusk::fuzz
