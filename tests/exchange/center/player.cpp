// SPDX-License-Identifier: Apache-2.0
#include "player.hpp"

#include "exchange/center/update.hpp"

namespace tusk::center::testing {

Player::Player(int worker, std::size_t size, Mix mix)
    : worker_(worker),
      mix_(mix),
      random_(static_cast<unsigned>(worker) + 1),
      in_(size),
      pulled_(size),
      out_(size) {}

Operation Player::draw_operation() {
  if (mix_ == Mix::elastic) return Operation::elastic;
  if (events_.empty()) return Operation::pull;
  return static_cast<Operation>(random_() % (mix_ == Mix::integers ? 3 : 6));
}

// Where the result is to be written: beside the arguments or over one of them.
std::vector<float>& Player::draw_place(Operation operation) {
  const unsigned choice = random_() % 4;
  if (operation == Operation::pull || choice < 2) return out_;
  return operation == Operation::proximity && choice == 2 ? pulled_ : in_;
}

Commit Player::perform(CenterVariable& center, const Event& event, std::vector<float>& out) {
  switch (event.operation) {
    case Operation::pull:
      return {.ticket = center.pull(out)};
    case Operation::commit:
      return center.commit(in_);
    case Operation::commit_and_pull:
      return center.commit_and_pull(in_, out);
    case Operation::staleness:
      return center.perform({.kind = Update::Kind::staleness, .in = in_.data(), .out = out.data()});
    case Operation::proximity:
      return center.perform({.kind = Update::Kind::proximity,
                             .factor = event.factor,
                             .in = in_.data(),
                             .pulled = pulled_.data(),
                             .out = out.data()});
    case Operation::elastic:
      return center.elastic(in_, event.factor, out);
  }
  return {};
}

void Player::play(CenterVariable& center) {
  Event event{.worker = worker_, .operation = draw_operation(), .pulled = lanes_of(pulled_)};
  for (float& value : event.in) value = static_cast<float>(random_() % 200) - 50.0F;
  event.factor = event.operation == Operation::elastic ? 0.25F : 40.0F;
  spread(event.in, in_);
  event.in = lanes_of(in_);  // a center of one element has one lane
  std::vector<float>& place = draw_place(event.operation);
  const Commit commit = perform(center, event, place);
  const std::vector<float>& out = event.operation == Operation::commit ? in_ : place;
  event.ticket = commit.ticket;
  event.staleness = commit.staleness;
  event.out = lanes_of(out);
  event.whole = is_whole(out);
  if (event.operation != Operation::commit && event.operation != Operation::elastic) {
    spread(event.out, pulled_);
  }
  events_.push_back(event);
}

}  // namespace tusk::center::testing
