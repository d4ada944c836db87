// SPDX-License-Identifier: Apache-2.0
#include "run/relay/orders.hpp"

#include <array>

#include "run/relay/number_messages.hpp"

namespace tusk::relay {
namespace {

constexpr int order_tag = 1;
constexpr std::int64_t no_cell = -1;  // of the last message
constexpr std::int64_t no_worker = -2;
constexpr std::int64_t sums = -3;

using Order = std::array<std::int64_t, 2>;  // cell, value

}  // namespace

void OrderBoard::send(std::int64_t cell, std::int64_t value) {
  std::erase_if(under_way_, [](mpi::Request& request) { return request.test(); });
  const Order order{cell, value};
  for (int relay = 1; relay < relays_.size(); ++relay) {
    under_way_.push_back(relays_.isend(bytes_of(order), relay, order_tag));
  }
}

void OrderBoard::store(center::Cell cell, std::int64_t value) {
  own_.store(cell, value);
  send(static_cast<std::int64_t>(cell), value);
}

void OrderBoard::ask_for_sums() { send(sums, 0); }
void OrderBoard::finish() { send(no_worker, 0); }
void OrderBoard::end() { send(no_cell, 0); }

bool OrderReceiver::advance() {
  bool any = false;
  while (const auto message = relays_.try_receive(order_tag)) {
    any = true;
    Order order{};
    read_numbers(*message, order, "an order");
    if (order[0] == no_cell) {
      over_ = true;
    } else if (order[0] == no_worker) {
      finished_ = true;
    } else if (order[0] == sums) {
      wants_sums_ = true;
    } else {
      own_.store(static_cast<center::Cell>(order[0]), order[1]);
    }
  }
  return any;
}

}  // namespace tusk::relay
