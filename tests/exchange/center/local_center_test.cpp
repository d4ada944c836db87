// SPDX-License-Identifier: Apache-2.0
#include "exchange/center/local_center.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <utility>

#include "cases.hpp"
#include "exchange/center/local_state.hpp"
#include "tusk/error.hpp"

using namespace tusk;
using namespace tusk::center;
using namespace tusk::center::testing;

namespace {

MakeSite local(std::size_t workers) {
  return [=](std::span<const float> initial) { return make_local_site(initial, workers); };
}

// θ += delta / (τ + 1); out = θ.
Commit commit_by_staleness(CenterVariable& center, std::span<const float> delta,
                           std::span<float> out) {
  return center.perform({.kind = Update::Kind::staleness, .in = delta.data(), .out = out.data()});
}

// A local center that leaves it to CenterWorker to take a change apart.
class CallingCenter final : public CenterWorker {
 public:
  explicit CallingCenter(std::shared_ptr<LocalState> state)
      : CenterWorker(state->theta().size()), state_(std::move(state)) {}
  ControlBoard& board() override { return state_->board(); }

 private:
  Receipt execute(Update update) override {
    CHECK(update.base == nullptr);
    const std::uint64_t ticket = state_->begin(update);
    apply(update, state_->theta().data(), 0, size());
    return {.ticket = ticket};
  }

  std::shared_ptr<LocalState> state_;
};

}  // namespace

TEST_CASE("local: an outer momentum moves in the order of the tickets") {
  for (const std::size_t workers : {1U, 2U, 5U}) {
    check_momentum([=](std::span<const float> initial, std::span<const float> momentum) {
      return make_local_site(initial, workers, 0, momentum);
    });
  }
  check_no_momentum(local(2));
  CHECK_THROWS_AS(make_local_state(std::vector<float>(3), 1, 0, std::vector<float>(5)), Error);
}

TEST_CASE("local: a change is not weighed and a momentum's, and a momentum has its commits") {
  const std::vector<float> one(1);
  const std::vector<float> two(2);
  LocalCenter center(make_local_state(one, 1, 0, two));
  std::vector<float> x(1);
  std::vector<float> pulled(1);
  CHECK_THROWS_AS(center.commit_change(x, pulled, {.momentum = OuterMomentum{.every = 0}}), Error);
  CHECK_THROWS_AS(
      center.commit_change(x, pulled, {.scaling = Scaling{}, .momentum = OuterMomentum{}}), Error);
  CHECK_THROWS_AS(center.start({.kind = Update::Kind::momentum}), Error);
}

TEST_CASE("local: handles on one state are linearizable, with exact staleness for each") {
  for (const std::size_t workers : {1U, 2U, 5U}) {
    CAPTURE(workers);
    check_linearizable(local(workers));
    check_growth(local(workers));
    check_elastic_conserves(local(workers));
    check_board(local(workers));
    check_overlapping(local(workers));
    check_overlapping_conserves(local(workers));
  }
}

TEST_CASE("staleness counts the commits of others since the worker's last pull") {
  const auto state = make_local_state(std::vector<float>(2), 2);
  LocalCenter ann(state);
  LocalCenter bob(state);
  std::vector<float> out(2);
  const std::vector<float> ones(2, 1.0F);
  CHECK(ann.pull(out) == 0);
  CHECK(bob.pull(out) == 0);
  CHECK(bob.commit(ones).staleness == 0);
  CHECK(bob.commit(ones).staleness == 0);  // its own commit before does not count
  CHECK(ann.commit(ones).staleness == 2);
  CHECK(bob.commit_and_pull(ones, out).staleness == 1);
  CHECK(out == std::vector<float>(2, 4.0F));
  CHECK(bob.commit(ones).staleness == 0);
  CHECK(commit_by_staleness(ann, ones, out).staleness == 4);
  CHECK(ann.elastic(ones, 0.5F, out).ticket == 6);
  CHECK(LocalServer(state).updates() == 7);
}

TEST_CASE("a delta is scaled first, then added") {
  // In float, 1e8 + 4/3 keeps nothing of the third; (1e8 + 4)/3 would.
  const auto state = make_local_state(std::vector<float>{1e8F}, 2);
  LocalCenter ann(state);
  LocalCenter bob(state);
  std::vector<float> out(1);
  const std::vector<float> four{4.0F};
  const std::vector<float> nothing{0.0F};
  ann.pull(out);
  bob.commit(nothing);
  bob.commit(nothing);
  commit_by_staleness(ann, four, out);
  CHECK(out[0] == 1e8F + 4.0F / 3.0F);
}

TEST_CASE("with compression it gets what a message would bring") {
  const CompressionOptions options{.kind = CompressionKind::topk, .topk_fraction = 0.25};
  const auto state = make_local_state(std::vector<float>(4), 1);
  LocalCenter center(state, options);
  std::vector<float> pulled(4);
  center.pull(pulled);
  std::vector<float> x{4.0F, 3.0F, -2.0F, 1.0F};
  center.commit_change(x, pulled, {.divisor = 2.0F});
  CHECK(x == std::vector<float>{2.0F, 0.0F, 0.0F, 0.0F});
  x[1] += 1.0F;
  center.commit_change(x, pulled, {});  // with what was left over
  CHECK(x == std::vector<float>{2.0F, 2.5F, 0.0F, 0.0F});
  const auto kept = State::written([&](State& kept_state) { center.keep(kept_state); });
  LocalCenter later(state, options);
  State reading(kept, "memory");
  later.keep(reading);
  later.commit_change(x, pulled, {});
  CHECK(x == std::vector<float>{2.0F, 2.5F, -1.0F, 0.0F});
}

TEST_CASE("a vector of another size than the center's is refused") {
  const auto state = make_local_state(std::vector<float>(3), 1);
  LocalCenter center(state);
  std::vector<float> right(3);
  std::vector<float> wrong(4);
  CHECK_THROWS_AS(center.pull(wrong), Error);
  CHECK_THROWS_AS(center.commit(wrong), Error);
  CHECK_THROWS_AS(center.commit_and_pull(right, wrong), Error);
  CHECK_THROWS_AS(center.commit_and_pull(wrong, right), Error);
  CHECK_THROWS_AS(center.commit_change(wrong, right, {}), Error);
  CHECK_THROWS_AS(center.commit_change(right, wrong, {}), Error);
  CHECK_THROWS_AS(center.elastic(right, 0.5F, wrong), Error);
}

TEST_CASE("a change committed in one sweep is what the calls one by one make of it, to the bit") {
  const std::size_t size = 1000;
  const Scaling by_staleness{.rule = Scaling::Rule::staleness};
  const Scaling by_proximity{.rule = Scaling::Rule::proximity, .learning_rate = 0.1F};
  using Weight = std::optional<Scaling>;
  for (const Weight& weight : {Weight(), Weight(by_staleness), Weight(by_proximity)}) {
    std::vector<float> initial(size);
    for (std::size_t i = 0; i < size; ++i) initial[i] = 0.1F * static_cast<float>(i % 37);
    const auto one = make_local_state(initial, 2);
    const auto two = make_local_state(initial, 2);
    LocalCenter sweeping(one), other_one(one), other_two(two);
    CallingCenter calling(two);
    std::vector<float> pulled_one(size), pulled_two(size);
    sweeping.pull(pulled_one);
    calling.pull(pulled_two);
    other_one.commit(initial);  // so that the staleness is 1 and θ is not x₀
    other_two.commit(initial);
    std::vector<float> x_one = pulled_one;
    for (std::size_t i = 0; i < size; ++i) x_one[i] += 0.01F * static_cast<float>(i % 11);
    std::vector<float> x_two = x_one;

    const CenterVariable::Change change{.divisor = 3.0F, .scaling = weight};
    const Commit commit_one = sweeping.commit_change(x_one, pulled_one, change);
    const Commit commit_two = calling.commit_change(x_two, pulled_two, change);
    CHECK(commit_one.ticket == commit_two.ticket);
    CHECK(commit_one.staleness == 1);
    CHECK(commit_two.staleness == 1);
    CHECK(x_one == x_two);
    CHECK(pulled_one == pulled_two);
    CHECK(x_one == pulled_one);
    CHECK(sweeping.commit(initial).staleness == 0);  // it was a pull, too
    CHECK(calling.commit(initial).staleness == 0);
  }
}
