// SPDX-License-Identifier: Apache-2.0
#include "tusk/center/control_board.hpp"

#include <bit>

namespace tusk::center {

double ControlBoard::learning_rate_scale() {
  return std::bit_cast<double>(load(Cell::learning_rate_scale));
}

void ControlBoard::set_learning_rate_scale(double scale) {
  store(Cell::learning_rate_scale, std::bit_cast<std::int64_t>(scale));
}

}  // namespace tusk::center
