// SPDX-License-Identifier: Apache-2.0
// A center in shards that are all in this process.
#include "exchange/center/sharded_center.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <memory>
#include <vector>

#include "exchange/center/local_center.hpp"
#include "exchange/center/update.hpp"
#include "player.hpp"
#include "tusk/error.hpp"

using namespace tusk;
using namespace tusk::center;
using namespace tusk::center::testing;

namespace {

// The shards of a center, and the whole of them.
class Shards {
 public:
  Shards(std::span<const float> initial, std::size_t shards, std::size_t workers)
      : offsets_(cut_into_shards(initial.size(), shards)) {
    for (std::size_t shard = 0; shard < shards; ++shard) {
      const std::size_t count = offsets_[shard + 1] - offsets_[shard];
      states_.push_back(make_local_state(initial.subspan(offsets_[shard], count), workers));
    }
  }

  ShardedCenter worker(std::size_t index) const {
    std::vector<std::unique_ptr<CenterVariable>> centers;
    for (const auto& state : states_) centers.push_back(std::make_unique<LocalCenter>(state));
    return {std::move(centers), index};
  }

  std::vector<float> theta() const {
    std::vector<float> theta(offsets_.back());
    worker(0).pull(theta);
    return theta;
  }

 private:
  std::vector<std::size_t> offsets_;
  std::vector<std::shared_ptr<LocalState>> states_;
};

bool same(const Event& a, const Event& b) {
  return a.operation == b.operation && a.ticket == b.ticket && a.staleness == b.staleness &&
         a.out == b.out && a.whole && b.whole;
}

// A shard that writes down when it is called, and answers as it is told.
class Witness final : public CenterVariable {
 public:
  Witness(std::size_t name, Commit answer, std::vector<std::size_t>& calls)
      : name_(name), answer_(answer), calls_(calls) {}
  std::size_t size() const override { return 1; }
  Commit perform(const Update&) override {
    calls_.push_back(name_);
    return answer_;
  }
  ControlBoard& board() override { fail(ExitCode::internal, "no board"); }

 private:
  std::size_t name_;
  Commit answer_;
  std::vector<std::size_t>& calls_;
};

}  // namespace

TEST_CASE("shards are contiguous, near enough equal, and none is empty") {
  for (const std::size_t shards : {1U, 2U, 3U, 7U, 64U, 1024U}) {
    for (const std::size_t size : {shards, shards + 1, 16 * shards - 1, 16 * shards, 70'001UL}) {
      const std::vector<std::size_t> offsets = cut_into_shards(size, shards);
      CHECK(offsets.size() == shards + 1);
      CHECK(offsets.front() == 0);
      CHECK(offsets.back() == size);
      std::size_t least = size;
      std::size_t most = 0;
      for (std::size_t shard = 0; shard < shards; ++shard) {
        least = std::min(least, offsets[shard + 1] - offsets[shard]);
        most = std::max(most, offsets[shard + 1] - offsets[shard]);
      }
      CHECK(least > 0);
      CHECK(most - least <= (size < 16 * shards ? 1 : 31));
    }
  }
}

TEST_CASE("operations one after the other do in shards what they do in one piece, to the bit") {
  for (const std::size_t shards : {2U, 3U}) {
    for (const std::size_t size : {3U, 70'001U}) {
      CAPTURE(shards);
      CAPTURE(size);
      std::vector<float> initial(size);
      spread({3.0F, -1.0F, 0.0F, 250.0F}, initial);
      const Shards parts(initial, shards, 2);
      const auto state = make_local_state(initial, 2);
      std::vector<ShardedCenter> sharded;
      std::vector<LocalCenter> whole;
      std::vector<Player> in_shards, in_one_piece;
      for (std::size_t worker = 0; worker < 2; ++worker) {
        sharded.push_back(parts.worker(worker));
        whole.emplace_back(state);
        in_shards.emplace_back(static_cast<int>(worker), size, Mix::everything);
        in_one_piece.emplace_back(static_cast<int>(worker), size, Mix::everything);
      }
      for (int turn = 0; turn < 60; ++turn) {
        const std::size_t worker = turn % 3 == 0 ? 1 : 0;
        in_shards[worker].play(sharded[worker]);
        in_one_piece[worker].play(whole[worker]);
      }
      for (std::size_t worker = 0; worker < 2; ++worker) {
        CHECK(std::ranges::equal(in_shards[worker].events(), in_one_piece[worker].events(), same));
      }
      std::vector<float> theta(size);
      whole[0].pull(theta);
      CHECK(parts.theta() == theta);
    }
  }
}

TEST_CASE("a window's change is committed in shards as in one piece") {
  const std::vector<float> initial{1.0F, 2.0F, 3.0F, 4.0F, 5.0F};
  const Shards parts(initial, 2, 1);
  const auto state = make_local_state(initial, 1);
  ShardedCenter sharded = parts.worker(1);
  LocalCenter whole(state);
  std::vector<float> pulled_sharded(5), pulled_whole(5);
  sharded.pull(pulled_sharded);
  whole.pull(pulled_whole);
  std::vector<float> x_sharded{1.5F, 2.25F, 3.0F, 0.0F, -5.0F};
  std::vector<float> x_whole = x_sharded;
  const CenterVariable::Change change{.divisor = 3.0F, .scaling = Scaling{}};
  CHECK(sharded.commit_change(x_sharded, pulled_sharded, change).ticket == 0);
  whole.commit_change(x_whole, pulled_whole, change);
  CHECK(x_sharded == x_whole);
  CHECK(pulled_sharded == pulled_whole);
}

TEST_CASE("exchanges beside other work are in shards what they are in one piece") {
  const std::vector<float> initial{1.0F, 2.0F, 3.0F, 4.0F, 5.0F};
  const Shards parts(initial, 3, 2);
  const auto state = make_local_state(initial, 2);
  ShardedCenter sharded = parts.worker(1), other_sharded = parts.worker(0);
  LocalCenter whole(state), other_whole(state);
  const std::vector<float> delta{1.0F, -2.0F, 0.5F, 8.0F, 0.25F};
  std::vector<float> out_sharded(5), out_whole(5);
  for (int round = 0; round < 6; ++round) {
    using enum Update::Kind;
    Update update{.kind = commit_and_pull, .in = delta.data()};
    if (round % 3 == 1) update.kind = staleness;
    if (round % 3 == 2) {
      update.kind = elastic;
      update.factor = 0.25F;
    }
    update.out = out_sharded.data();
    sharded.start(update);
    update.out = out_whole.data();
    whole.start(update);
    other_sharded.commit(delta);  // before it is on its way
    other_whole.commit(delta);
    if (round % 2 == 0) CHECK(sharded.advance());
    const Commit one = sharded.complete();
    const Commit two = whole.complete();
    CHECK(one.ticket == two.ticket);
    CHECK(one.staleness == two.staleness);
    CHECK(out_sharded == out_whole);
  }
  whole.pull(out_whole);
  CHECK(parts.theta() == out_whole);
}

TEST_CASE("workers begin with a shard each; a commit is shard 0's, and the others' beside it") {
  std::vector<std::size_t> calls;
  const auto worker = [&](std::size_t index) {
    std::vector<std::unique_ptr<CenterVariable>> shards;
    const std::vector<Commit> answers{{10, 3}, {20, 9}, {30, 1}};
    for (std::size_t shard = 0; shard < 3; ++shard) {
      shards.push_back(std::make_unique<Witness>(shard, answers[shard], calls));
    }
    return ShardedCenter(std::move(shards), index);
  };
  std::vector<float> vector(3);
  ShardedCenter first = worker(1);
  const Commit commit = first.commit_and_pull(vector, vector);
  CHECK(commit.ticket == 10);
  CHECK(commit.staleness == 3);
  REQUIRE(first.further_shards().size() == 2);
  CHECK(first.further_shards()[0].ticket == 20);
  CHECK(first.further_shards()[1].staleness == 1);
  CHECK(worker(2).pull(vector) == 10);
  CHECK(worker(3).elastic(vector, 0.5F, vector).ticket == 10);
  CHECK(calls == std::vector<std::size_t>{1, 2, 0, 2, 0, 1, 0, 1, 2});
}

TEST_CASE("a vector of another size than all shards' is refused") {
  const Shards parts(std::vector<float>(4), 2, 1);
  ShardedCenter center = parts.worker(0);
  std::vector<float> right(4);
  std::vector<float> wrong(5);
  CHECK_THROWS_AS(center.pull(wrong), Error);
  CHECK_THROWS_AS(center.commit(wrong), Error);
  CHECK_THROWS_AS(center.commit_and_pull(right, wrong), Error);
  CHECK_THROWS_AS(center.commit_and_pull(wrong, right), Error);
  CHECK_THROWS_AS(center.commit_change(wrong, right, {}), Error);
  CHECK_THROWS_AS(center.commit_change(right, wrong, {}), Error);
  CHECK_THROWS_AS(center.elastic(right, 0.5F, wrong), Error);
}
