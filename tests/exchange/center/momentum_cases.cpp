// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <vector>

#include "cases.hpp"
#include "exchange/center/update.hpp"
#include "tusk/aligned_vector.hpp"
#include "tusk/error.hpp"

namespace tusk::center::testing {
namespace {

constexpr Lanes start{3.0F, -1.0F, 0.0F, 250.0F};
constexpr OuterMomentum momentum{
    .every = 3, .momentum = 0.75F, .learning_rate = 0.6F, .mean = 0.3F};

// θ, v and θ_kept, as they begin and after every commit, by the rule and in the order of its
// arithmetic: to the last bit.
struct Memory {
  Lanes theta = start;
  Lanes velocity{};
  Lanes kept = start;

  void add(const Lanes& delta, std::uint64_t ticket) {
    for (std::size_t lane = 0; lane < lanes; ++lane) {
      theta[lane] += delta[lane];
      if ((ticket + 1) % momentum.every != 0) continue;
      velocity[lane] =
          momentum.momentum * velocity[lane] + momentum.mean * (theta[lane] - kept[lane]);
      theta[lane] += momentum.learning_rate * (momentum.momentum * velocity[lane]);
      kept[lane] = theta[lane];
    }
  }
};

// v, then θ_kept, of `size` weights.
std::vector<float> both(const Memory& memory, std::size_t size) {
  std::vector<float> vectors(2 * size);
  spread(memory.velocity, std::span(vectors).first(size));
  spread(memory.kept, std::span(vectors).last(size));
  return vectors;
}

// A worker that commits what it draws, by a delta or by what its steps have changed, and looks.
class Mover {
 public:
  Mover(std::size_t worker, std::size_t size)
      : worker_(static_cast<int>(worker)),
        random_(static_cast<unsigned>(worker) + 11),
        x_(size),
        pulled_(size) {}

  void play(CenterVariable& center) {
    Event event{.worker = worker_};
    if (events_.empty() || random_() % 5 == 0) {
      event.ticket = center.pull(x_);
      pulled_ = x_;
    } else {
      event.operation = Operation::commit_and_pull;
      for (float& value : event.in) value = static_cast<float>(random_() % 64) - 16.0F;
      event.ticket = commit(center, event);
    }
    event.out = lanes_of(x_);
    event.whole = is_whole(x_);
    events_.push_back(event);
  }

  const std::vector<Event>& events() const { return events_; }

 private:
  std::uint64_t commit(CenterVariable& center, Event& event) {
    for (std::size_t i = 0; i < x_.size(); ++i) x_[i] = pulled_[i] + event.in[i % lanes];
    for (std::size_t lane = 0; lane < lanes; ++lane) {  // as it is after the addition's rounding
      event.in[lane] = lane < x_.size() ? (x_[lane] - pulled_[lane]) / 1.5F : 0.0F;
    }
    const Commit commit =
        center.commit_change(x_, pulled_, {.divisor = 1.5F, .momentum = momentum});
    CHECK(std::ranges::equal(x_, pulled_));
    return commit.ticket;
  }

  int worker_;
  std::mt19937 random_;
  std::vector<float> x_;
  std::vector<float> pulled_;
  std::vector<Event> events_;
};

void check_replay(const MakeSiteWithMomentum& make_site, std::size_t size) {
  CAPTURE(size);
  std::vector<float> initial(size);
  spread(start, initial);
  const auto site = make_site(initial, both({}, size));
  std::vector<Mover> movers;
  for (std::size_t worker = 0; worker < site->workers(); ++worker)
    movers.emplace_back(worker, size);
  site->run(
      30, [&](std::size_t worker, CenterVariable& center) { movers[worker].play(center); },
      [](CenterServer&) {});
  std::vector<Event> mine;
  for (const Mover& mover : movers) {
    mine.insert(mine.end(), mover.events().begin(), mover.events().end());
  }
  std::vector<Event> all = site->gather(mine);
  if (site->server() == nullptr) return;
  std::ranges::stable_sort(all, {}, &Event::ticket);
  std::vector<Memory> states(1);  // states[v]: after v commits
  for (const Event& event : all) {
    if (!commits(event)) continue;
    CHECK(event.ticket == states.size() - 1);
    states.push_back(states.back());
    states.back().add(event.in, event.ticket);
  }
  CHECK(states.size() > 10);
  const std::size_t seen_lanes = std::min(lanes, size);
  std::size_t wrong = 0;
  for (const Event& event : all) {
    const Lanes& expected = states.at(event.ticket + (commits(event) ? 1 : 0)).theta;
    if (!event.whole ||
        !std::equal(expected.begin(), expected.begin() + seen_lanes, event.out.begin())) {
      ++wrong;
    }
  }
  CHECK(wrong == 0);
  std::vector<float> theta(size);
  site->server()->snapshot(theta);
  CHECK(is_whole(theta));
  CHECK(std::equal(theta.begin(), theta.begin() + static_cast<std::ptrdiff_t>(seen_lanes),
                   states.back().theta.begin()));
  CHECK(std::ranges::equal(site->server()->momentum(), both(states.back(), size)));
}

}  // namespace

void check_momentum(const MakeSiteWithMomentum& make_site, std::size_t smallest) {
  for (const std::size_t size : {smallest, std::size_t{8193}, std::size_t{70'001}}) {
    check_replay(make_site, size);
  }
}

void check_no_momentum(const MakeSite& make_site) {
  const auto site = make_site(std::vector<float>(5));
  std::vector<Event> refused(site->workers());
  site->run(
      1,
      [&](std::size_t worker, CenterVariable& center) {
        std::vector<float> x(5, 1.0F);
        std::vector<float> pulled(5);
        refused[worker].whole = false;
        try {
          center.commit_change(x, pulled, {.momentum = momentum});
        } catch (const Error& error) {
          refused[worker].whole = error.code() == ExitCode::internal;
        }
      },
      [](CenterServer&) {});
  for (const Event& event : site->gather(refused)) CHECK(event.whole);
  if (site->server() == nullptr) return;
  CHECK(site->server()->updates() == 0);
  CHECK(site->server()->momentum().empty());
}

}  // namespace tusk::center::testing
