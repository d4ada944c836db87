// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "exchange/center/control_board.hpp"

namespace tusk::center {

// The cells of a control board as numbers in memory: where local_state, striped_center and
// rma_transport keep them.

// How many cells a board for so many workers has.
std::size_t cell_count(std::size_t workers);

// The values that a board begins with.
void reset_cells(std::span<std::int64_t> cells);

// A board on cells in memory that this process can address, its own or shared with others.
class CellsBoard final : public ControlBoard {
 public:
  explicit CellsBoard(std::span<std::int64_t> cells);

  void read(Cell first, std::span<std::int64_t> values) override;
  void store(Cell cell, std::int64_t value) override;
  std::int64_t fetch_add(Cell cell, std::int64_t value) override;

 private:
  std::span<std::int64_t> cells_;
};

}  // namespace tusk::center
