// SPDX-License-Identifier: Apache-2.0
#include "exchange/center/cells.hpp"

#include <algorithm>
#include <atomic>
#include <bit>

namespace tusk::center {
namespace {

constexpr auto first_clock = static_cast<std::size_t>(Cell::first_clock);

std::atomic_ref<std::int64_t> atomic(std::span<std::int64_t> cells, Cell cell) {
  return std::atomic_ref(cells[static_cast<std::size_t>(cell)]);
}

}  // namespace

std::size_t cell_count(std::size_t workers) { return first_clock + workers; }

void reset_cells(std::span<std::int64_t> cells) {
  std::ranges::fill(cells, 0);
  cells[static_cast<std::size_t>(Cell::learning_rate_scale)] = std::bit_cast<std::int64_t>(1.0);
}

CellsBoard::CellsBoard(std::span<std::int64_t> cells)
    : ControlBoard(cells.size() - first_clock), cells_(cells) {}

void CellsBoard::read(Cell first, std::span<std::int64_t> values) {
  auto cell = static_cast<std::size_t>(first);
  for (std::int64_t& value : values) value = atomic(cells_, static_cast<Cell>(cell++)).load();
}

void CellsBoard::store(Cell cell, std::int64_t value) { atomic(cells_, cell).store(value); }

std::int64_t CellsBoard::fetch_add(Cell cell, std::int64_t value) {
  return atomic(cells_, cell).fetch_add(value);
}

}  // namespace tusk::center
