// SPDX-License-Identifier: Apache-2.0
#include "run/relay/duties.hpp"

#include <utility>

#include "core/activity.hpp"
#include "exchange/center/center_server.hpp"
#include "mpi/polite_wait.hpp"
#include "run/checkpoint/asked_checkpoints.hpp"
#include "run/checkpoint/part_writer.hpp"
#include "run/coordinator/coordinator.hpp"
#include "run/relay/claims.hpp"
#include "run/relay/courier.hpp"
#include "run/relay/orders.hpp"
#include "run/relay/slowest_clock.hpp"

namespace tusk::relay {
namespace {

constexpr double idle_sleep_s = 1e-3;  // a relay that serves nobody else

}  // namespace

bool Duties::clocks_over() const { return parts_.clocks == nullptr || parts_.clocks->over(); }

bool Duties::advance() {
  note_activity(Activity::serving);
  bool busy = parts_.courier.advance();
  if (delivers_) parts_.courier.deliver();
  if (parts_.board != nullptr) ask_for_sums();
  if (parts_.clocks != nullptr) busy = parts_.clocks->advance() || busy;
  if (parts_.claims != nullptr) busy = parts_.claims->advance() || busy;
  if (parts_.orders != nullptr) {
    busy = parts_.orders->advance() || busy;
    if (parts_.orders->take_wish_for_sums()) parts_.courier.send();
  }
  if (parts_.root != nullptr) busy = parts_.root->progress() || busy;
  if (parts_.coordinator != nullptr) busy = parts_.coordinator->advance() || busy;
  if (parts_.checkpoints != nullptr) parts_.checkpoints->advance();
  if (parts_.writer != nullptr) {
    if (auto notice = parts_.writer->poll()) parts_.courier.tell(*notice);
    while (auto notice = signals_.poll(0)) parts_.courier.tell(*notice);
  }
  return busy;
}

// When the relays' center holds an epoch, once.
void Duties::ask_for_sums() {
  const records::EpochBook& book = parts_.coordinator->book();
  const records::Untold untold = parts_.courier.untold_of_all();
  if (parts_.checkpoints != nullptr) parts_.checkpoints->trained(book.steps() + untold.steps);
  if (asked_for_ == book.epoch() || untold.samples < book.samples_to_go()) return;
  asked_for_ = book.epoch();
  parts_.board->ask_for_sums();
  parts_.courier.send();
}

void Duties::until(const std::function<bool()>& done) {
  mpi::progress_until(
      done, [this] { return advance(); },
      [this](double idle_s) {
        return parts_.root == nullptr ? idle_sleep_s : parts_.root->sleep_s(idle_s);
      });
}

}  // namespace tusk::relay
