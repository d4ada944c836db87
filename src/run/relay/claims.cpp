// SPDX-License-Identifier: Apache-2.0
#include "run/relay/claims.hpp"

#include <algorithm>
#include <span>
#include <utility>

#include "core/activity.hpp"
#include "mpi/polite_wait.hpp"
#include "run/relay/number_messages.hpp"

namespace tusk::relay {
namespace {

constexpr int asking_tag = 1;   // a worker its relay; a relay rank 0, for those who wait and ahead
constexpr int granted_tag = 2;  // the answer: a claim; closed, over, and claims
constexpr int back_tag = 3;     // claims, from a relay to rank 0
constexpr std::chrono::milliseconds between_askings{1};

std::vector<std::uint64_t> numbers_of(const mpi::Message& message, std::size_t least) {
  std::vector<std::uint64_t> numbers(std::max(least, message.bytes.size() / sizeof(std::uint64_t)));
  read_numbers(message, numbers, "a message of claims");
  return numbers;
}

}  // namespace

Claims::Claims(const Setup& setup)
    : setup_(setup), unfinished_(static_cast<std::size_t>(setup.node.size()) - 1 - setup.finished) {
  if (setup.relays.rank() == 0) desk_.emplace(setup.first, setup.end);
}

void Claims::send(const mpi::Communicator& communicator, const Numbers& numbers, int to, int tag) {
  std::erase_if(under_way_, [](mpi::Request& request) { return request.test(); });
  under_way_.push_back(communicator.isend(bytes_of(numbers), to, tag));
}

bool Claims::hear_workers() {
  bool any = false;
  while (const auto message = setup_.node.try_receive(asking_tag)) {
    waiting_.push_back(message->source);
    any = true;
  }
  return any;
}

// On rank 0 what the other relays ask for and bring back, elsewhere its answers.
bool Claims::hear_relays() {
  bool any = false;
  if (!desk_) {
    while (const auto message = setup_.relays.try_receive(granted_tag)) {
      any = true;
      const Numbers numbers = numbers_of(*message, 2);
      take({.claims = {numbers.begin() + 2, numbers.end()},
            .closed = numbers[0] != 0,
            .over = numbers[1] != 0});
    }
    return any;
  }
  while (const auto message = setup_.relays.try_receive(asking_tag)) {
    any = true;
    const Numbers wanted = numbers_of(*message, 2);
    const ClaimDesk::Grant grant = desk_->grant(wanted[0], wanted[1], setup_.all_workers);
    Numbers numbers{grant.closed ? 1U : 0U, grant.over ? 1U : 0U};
    numbers.insert(numbers.end(), grant.claims.begin(), grant.claims.end());
    send(setup_.relays, numbers, message->source, granted_tag);
  }
  while (const auto message = setup_.relays.try_receive(back_tag)) {
    any = true;
    desk_->take_back(numbers_of(*message, 0));
    ++others_;
  }
  return any;
}

void Claims::take(ClaimDesk::Grant grant) {
  ahead_.insert(ahead_.end(), grant.claims.begin(), grant.claims.end());
  closed_ = grant.closed;
  over_ = grant.over;
  asked_ = false;
}

// Hands out what is there; the number behind the last claim, where no more will come.
bool Claims::serve() {
  bool any = false;
  while (!waiting_.empty() && (!ahead_.empty() || over_)) {
    any = true;
    const int worker = std::exchange(waiting_.front(), 0);
    waiting_.pop_front();
    std::uint64_t claim = setup_.end;
    if (ahead_.empty()) {
      --unfinished_;
    } else {
      claim = ahead_.front();
      ahead_.pop_front();
    }
    send(setup_.node, {claim}, worker, granted_tag);
  }
  return any;
}

void Claims::ask_for_more() {
  if (asked_ || gives_back_ || over_) return;
  const std::size_t wanted = closed_ ? 0 : unfinished_ - std::min(unfinished_, ahead_.size());
  if (waiting_.empty() && wanted == 0) return;
  if (desk_) {
    return take(desk_->grant(waiting_.size(), wanted, setup_.all_workers));
  }
  const auto now = Steady::now();
  if (now < next_) return;
  next_ = now + between_askings;
  asked_ = true;
  send(setup_.relays, {waiting_.size(), wanted}, 0, asking_tag);
}

void Claims::return_claims() {
  if (!gives_back_ || given_back_ || asked_) return;
  const Numbers claims(ahead_.begin(), ahead_.end());
  ahead_.clear();
  given_back_ = true;
  if (desk_) {
    desk_->take_back(claims);
  } else {
    send(setup_.relays, claims, 0, back_tag);
  }
}

bool Claims::advance() {
  bool any = hear_workers();
  any = hear_relays() || any;
  if (!gives_back_) any = serve() || any;
  ask_for_more();
  return_claims();
  if (!gives_back_) any = serve() || any;
  return any;
}

bool Claims::has_given_back() const {
  return given_back_ && (!desk_ || others_ == setup_.relays.size() - 1);
}

void Claims::go_on() {
  gives_back_ = given_back_ = closed_ = over_ = false;
  others_ = 0;
}

std::function<std::uint64_t()> claims_of_relay(const mpi::Communicator& node) {
  return [&node] {
    const std::uint64_t step = activity_notes().step;
    note_activity(Activity::waiting, step);  // for a relay, as long as it takes
    std::uint64_t claim = 0;
    mpi::Request answer =
        node.ireceive(std::as_writable_bytes(std::span(&claim, 1)), 0, granted_tag);
    node.isend(std::vector<std::byte>{}, 0, asking_tag).wait();
    mpi::progress_until([&] { return answer.test(); }, [] { return false; });
    note_activity(Activity::reading, step);
    return claim;
  };
}

}  // namespace tusk::relay
