// SPDX-License-Identifier: Apache-2.0
#include "exchange/center/control_board.hpp"

#include <array>
#include <bit>

namespace tusk::center {

std::int64_t ControlBoard::load(Cell cell) {
  std::int64_t value = 0;
  read(cell, std::span(&value, 1));
  return value;
}

std::vector<std::int64_t> ControlBoard::clocks() {
  std::vector<std::int64_t> values(workers_);
  read(Cell::first_clock, values);
  return values;
}

Orders ControlBoard::orders() {
  static_assert(static_cast<int>(Cell::learning_rate_scale) == static_cast<int>(Cell::stop) + 1);
  static_assert(static_cast<int>(Cell::ended) == static_cast<int>(Cell::stop) + 2);
  static_assert(static_cast<int>(Cell::checkpoint) == static_cast<int>(Cell::stop) + 4);
  std::array<std::int64_t, 5> values{};
  read(Cell::stop, values);
  return {.stop = values[0],
          .learning_rate_scale = std::bit_cast<double>(values[1]),
          .ended = static_cast<std::size_t>(values[2]),
          .checkpoint = static_cast<std::uint64_t>(values[4])};
}

double ControlBoard::learning_rate_scale() { return orders().learning_rate_scale; }

void ControlBoard::set_learning_rate_scale(double scale) {
  store(Cell::learning_rate_scale, std::bit_cast<std::int64_t>(scale));
}

}  // namespace tusk::center
