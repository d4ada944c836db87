// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <algorithm>
#include <deque>
#include <map>
#include <optional>

#include "cases.hpp"
#include "exchange/center/control_board.hpp"
#include "exchange/center/overlapping_center.hpp"
#include "tusk/random.hpp"

namespace tusk::center::testing {
namespace {

constexpr std::size_t size = 70'001;
constexpr Lanes start{3.0F, -1.0F, 0.0F, 250.0F};

// A worker that commits small whole numbers, none below 0, and gives its exchanges turns.
class Walker {
 public:
  explicit Walker(std::size_t worker)
      : worker_(static_cast<int>(worker)),
        random_(23, Stream::shuffle, static_cast<std::uint32_t>(worker)),
        x_(size),
        pulled_(size),
        at_least_(start) {}

  void window(CenterVariable& center) {
    if (!overlapping_) begin(center);
    Lanes step{};
    for (float& value : step) value = static_cast<float>(random_.below(5));
    for (std::size_t i = 0; i < size; ++i) x_[i] += step[i % lanes];
    record(overlapping_->commit_change(x_, pulled_, {}));
    in_ = step;
    for (std::size_t lane = 0; lane < lanes; ++lane) at_least_[lane] += step[lane];
    check();
    turns();
  }

  void finish(CenterVariable&) {
    record(overlapping_->complete());
    whole_ = whole_ && overlapping_->complete().ticket == 0 && overlapping_->advance();
    events_.front().whole = whole_;
  }

  const std::vector<Event>& events() const { return events_; }  // the pull, then the commits

 private:
  void begin(CenterVariable& center) {
    overlapping_.emplace(center);
    events_.push_back({.worker = worker_, .operation = Operation::pull});
    events_.back().ticket = overlapping_->pull(x_);
    pulled_ = x_;
  }

  void record(const Commit& commit) {
    if (!in_) return;
    events_.push_back({.worker = worker_,
                       .operation = Operation::commit_and_pull,
                       .ticket = commit.ticket,
                       .staleness = commit.staleness,
                       .in = *in_});
  }

  // Whatever the others do, its own changes are there, the last included.
  void check() {
    whole_ = whole_ && x_ == pulled_;
    for (std::size_t i = 0; i < size; ++i) whole_ = whole_ && x_[i] >= at_least_[i % lanes];
  }

  void turns() {
    const std::size_t before = random_.below(3);
    for (std::size_t i = 0; i < before; ++i) overlapping_->advance();
    if (random_.below(4) == 0) overlapping_->board().fetch_add(Cell::checkpoint, 1);
    const std::size_t after = random_.below(200);
    for (std::size_t i = 0; i < after; ++i) overlapping_->advance();
  }

  int worker_;
  Random random_;
  std::vector<float> x_;
  std::vector<float> pulled_;
  Lanes at_least_;
  std::optional<Lanes> in_;  // what the exchange under way commits
  std::vector<Event> events_;
  bool whole_ = true;
  std::optional<OverlappingCenter> overlapping_;
};

std::deque<Walker> make_walkers(const Site& site) {
  std::deque<Walker> walkers;
  for (std::size_t worker = 0; worker < site.workers(); ++worker) walkers.emplace_back(worker);
  return walkers;
}

// The staleness of a worker's commits: those by others since the pull that the committed steps
// started from. That is the first pull for the first two, and then what the exchange two before has
// brought.
void check_staleness(const std::vector<Event>& mine) {
  for (std::size_t i = 1; i < mine.size(); ++i) {
    const std::uint64_t version = i <= 2 ? mine[0].ticket : mine[i - 2].ticket + 1;
    const std::uint64_t own = i == 1 ? 0 : 1;
    CHECK(mine[i].staleness == mine[i].ticket - version - own);
  }
}

}  // namespace

void check_overlapping(const MakeSite& make_site) {
  constexpr int windows = 30;
  std::vector<float> theta(size);
  spread(start, theta);
  const auto site = make_site(theta);
  std::deque<Walker> walkers = make_walkers(*site);
  const auto nothing = [](CenterServer&) {};
  site->run(
      windows, [&](std::size_t worker, CenterVariable& center) { walkers[worker].window(center); },
      nothing);
  site->run(
      1, [&](std::size_t worker, CenterVariable& center) { walkers[worker].finish(center); },
      nothing);
  std::vector<Event> events;
  for (const Walker& walker : walkers) {
    events.insert(events.end(), walker.events().begin(), walker.events().end());
  }
  events = site->gather(events);
  if (site->server() == nullptr) return;
  std::map<int, std::vector<Event>> by_worker;
  std::vector<std::uint64_t> tickets;
  Lanes sum = start;
  for (const Event& event : events) {
    by_worker[event.worker].push_back(event);
    CHECK(event.whole);
    if (!commits(event)) continue;
    tickets.push_back(event.ticket);
    for (std::size_t lane = 0; lane < lanes; ++lane) sum[lane] += event.in[lane];
  }
  for (const auto& [worker, mine] : by_worker) check_staleness(mine);
  std::ranges::sort(tickets);
  CHECK(tickets.size() == windows * site->workers());
  for (std::size_t i = 0; i < tickets.size(); ++i) CHECK(tickets[i] == i);
  CHECK(site->server()->snapshot(theta) == tickets.size());
  CHECK(is_whole(theta));
  CHECK(lanes_of(theta) == sum);
}

void check_overlapping_conserves(const MakeSite& make_site) {
  std::vector<float> theta(size);
  spread(start, theta);
  const auto site = make_site(theta);
  const float alpha = 0.9F / static_cast<float>(site->workers());
  std::vector<std::optional<OverlappingCenter>> overlapping(site->workers());
  std::vector<std::vector<float>> weights(site->workers(), std::vector<float>(size));
  std::vector<Event> ends(site->workers());
  const auto exchange = [&](std::size_t worker, CenterVariable& center, float rate) {
    if (!overlapping[worker]) overlapping[worker].emplace(center);
    std::vector<float> force(size);
    overlapping[worker]->elastic(weights[worker], rate, force);
    for (std::size_t i = 0; i < size; ++i) weights[worker][i] -= force[i];
    for (int turn = 0; turn < 20; ++turn) overlapping[worker]->advance();
  };
  Lanes total = start;  // θ + Σ x
  for (std::size_t worker = 0; worker < site->workers(); ++worker) {
    const Lanes x{10.0F * static_cast<float>(worker), -1.0F, 2.0F, 0.5F};
    spread(x, weights[worker]);
    for (std::size_t lane = 0; lane < lanes; ++lane) total[lane] += x[lane];
  }
  const auto nothing = [](CenterServer&) {};
  site->run(
      50, [&](std::size_t worker, CenterVariable& center) { exchange(worker, center, alpha); },
      nothing);
  site->run(
      1,
      [&](std::size_t worker, CenterVariable& center) {
        exchange(worker, center, 0.0F);  // hands out the last force and moves nothing
        overlapping[worker]->complete();
        ends[worker].out = lanes_of(weights[worker]);
      },
      nothing);
  const std::vector<Event> all_ends = site->gather(ends);
  if (site->server() == nullptr) return;
  site->server()->snapshot(theta);
  for (std::size_t lane = 0; lane < lanes; ++lane) {
    double sum = static_cast<double>(theta[lane]);
    for (const Event& end : all_ends) sum += static_cast<double>(end.out[lane]);
    CHECK(sum == doctest::Approx(static_cast<double>(total[lane])).epsilon(1e-5));
  }
}

}  // namespace tusk::center::testing
