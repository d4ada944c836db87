// SPDX-License-Identifier: Apache-2.0
#include "cases.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "exchange/center/control_board.hpp"
#include "oracle.hpp"

namespace tusk::center::testing {
namespace {

constexpr Lanes start{3.0F, -1.0F, 0.0F, 250.0F};

std::vector<float> initial_center(std::size_t size) {
  std::vector<float> values(size);
  spread(start, values);
  return values;
}

enum class Snapshots { taken, none };

// Lets all workers of a site play, and the server take snapshots; their events where the server is.
std::vector<Event> play(Site& site, std::size_t size, Mix mix, int steps,
                        Snapshots taken = Snapshots::taken) {
  std::vector<Player> players;
  for (std::size_t worker = 0; worker < site.workers(); ++worker) {
    players.emplace_back(static_cast<int>(worker), size, mix);
  }
  std::vector<Event> snapshots;
  std::vector<float> seen(size);
  site.run(
      steps, [&](std::size_t worker, CenterVariable& center) { players[worker].play(center); },
      [&](CenterServer& server) {
        if (taken == Snapshots::none) return;
        Event event{.worker = -1, .operation = Operation::pull};
        event.ticket = server.snapshot(seen);
        event.out = lanes_of(seen);
        event.whole = is_whole(seen);
        snapshots.push_back(event);
      });
  for (const Player& player : players) {
    snapshots.insert(snapshots.end(), player.events().begin(), player.events().end());
  }
  return site.gather(snapshots);
}

void check_replay(const MakeSite& make_site, std::size_t size, Mix mix, Snapshots taken) {
  CAPTURE(size);
  const auto site = make_site(initial_center(size));
  const std::vector<Event> events = play(*site, size, mix, 30, taken);
  if (site->server() == nullptr) return;
  std::vector<float> final(size);
  CHECK(site->server()->size() == size);
  const std::uint64_t updates = site->server()->snapshot(final);
  CHECK(updates == site->server()->updates());
  CHECK(updates == static_cast<std::uint64_t>(std::ranges::count_if(events, commits)));
  CHECK(is_whole(final));
  const double tolerance = mix == Mix::integers ? 0.0 : 1e-4;
  const Lanes begin = lanes_of(initial_center(size));
  CHECK(replay(events, begin, lanes_of(final), tolerance) == Findings{});
}

void check_replays(const MakeSite& make_site, Snapshots taken, std::size_t smallest) {
  for (const std::size_t size : {smallest, 8192UL, 8193UL, 70'001UL}) {
    check_replay(make_site, size, Mix::integers, taken);
    check_replay(make_site, size, Mix::everything, taken);
  }
}

}  // namespace

void check_linearizable(const MakeSite& make_site) {
  check_replays(make_site, Snapshots::taken, 1);
}

void check_sequential(const MakeSite& make_site, std::size_t smallest) {
  check_replays(make_site, Snapshots::none, smallest);
}

void check_linearizable_once(const MakeSite& make_site) {
  check_replay(make_site, 70'001, Mix::everything, Snapshots::taken);
}

void check_elastic_replays(const MakeSite& make_site) {
  check_replay(make_site, 70'001, Mix::elastic, Snapshots::none);
}

void check_exact_sums(const MakeSite& make_site) {
  constexpr std::size_t size = 70'001;
  const auto site = make_site(initial_center(size));
  const std::vector<Event> events = play(*site, size, Mix::integers, 30);
  if (site->server() == nullptr) return;
  CHECK(recount(events) == Findings{});
  Lanes sum = start;
  for (const Event& event : events) {
    if (!commits(event)) continue;
    for (std::size_t lane = 0; lane < lanes; ++lane) sum[lane] += event.in[lane];
  }
  std::vector<float> final(size);
  site->server()->snapshot(final);
  CHECK(is_whole(final));
  CHECK(lanes_of(final) == sum);
}

void check_growth(const MakeSite& make_site) {
  constexpr std::size_t size = 70'001;
  const std::vector<float> ones(size, 1.0F);
  const auto site = make_site(std::vector<float>(size));
  std::vector<std::vector<float>> seen(site->workers(), std::vector<float>(size));
  std::vector<Event> grew(site->workers());
  site->run(
      20,
      [&](std::size_t worker, CenterVariable& center) {
        std::vector<float> now(size);
        center.commit_and_pull(ones, now);
        for (std::size_t i = 0; i < size; ++i) {
          if (now[i] < seen[worker][i] + 1.0F) grew[worker].whole = false;
        }
        seen[worker] = now;
      },
      [](CenterServer&) {});
  for (const Event& event : site->gather(grew)) CHECK(event.whole);
}

void check_tickets(const MakeSite& make_site) {
  constexpr std::size_t size = 70'001;
  const auto site = make_site(initial_center(size));
  const std::vector<Event> events = play(*site, size, Mix::everything, 30);
  if (site->server() == nullptr) return;
  CHECK(recount(events) == Findings{});
  std::vector<float> final(size);
  site->server()->snapshot(final);
  CHECK(std::ranges::all_of(final, [](float value) { return std::isfinite(value); }));
}

void check_elastic_conserves(const MakeSite& make_site) {
  constexpr std::size_t size = 20'001;
  const auto site = make_site(initial_center(size));
  const float alpha = 0.9F / static_cast<float>(site->workers());
  std::vector<std::vector<float>> weights(site->workers(), std::vector<float>(size));
  Lanes total = start;  // θ + Σ x
  for (std::size_t worker = 0; worker < site->workers(); ++worker) {
    const Lanes x{10.0F * static_cast<float>(worker), -1.0F, 2.0F, 0.5F};
    spread(x, weights[worker]);
    for (std::size_t lane = 0; lane < lanes; ++lane) total[lane] += x[lane];
  }
  std::vector<Event> ends(site->workers());
  site->run(
      50,
      [&](std::size_t worker, CenterVariable& center) {
        std::vector<float>& x = weights[worker];
        std::vector<float> force(size);
        center.elastic(x, alpha, force);
        for (std::size_t i = 0; i < size; ++i) x[i] -= force[i];
        ends[worker].out = lanes_of(x);
      },
      [](CenterServer&) {});
  const std::vector<Event> all_ends = site->gather(ends);
  if (site->server() == nullptr) return;
  std::vector<float> theta(size);
  site->server()->snapshot(theta);
  for (std::size_t lane = 0; lane < lanes; ++lane) {
    double sum = static_cast<double>(theta[lane]);
    for (const Event& end : all_ends) sum += static_cast<double>(end.out[lane]);
    CHECK(sum == doctest::Approx(static_cast<double>(total[lane])).epsilon(1e-5));
  }
}

void check_board(const MakeSite& make_site) {
  constexpr std::size_t each = 50;
  const auto site = make_site(std::vector<float>(10));
  std::vector<std::vector<Event>> claims(site->workers());
  site->run(
      each,
      [&](std::size_t worker, CenterVariable& center) {
        ControlBoard& board = center.board();
        const std::int64_t clock = board.clock(worker);
        board.set_clock(worker, clock + 1);
        const bool seen = board.clocks()[worker] == clock + 1 && board.learning_rate_scale() == 1.0;
        const std::int64_t claim = board.fetch_add(Cell::next_partition, 1);
        claims[worker].push_back({.ticket = static_cast<std::uint64_t>(claim), .whole = seen});
      },
      [](CenterServer&) {});
  std::vector<Event> mine;
  for (const auto& part : claims) mine.insert(mine.end(), part.begin(), part.end());
  std::vector<Event> all = site->gather(mine);
  std::ranges::sort(all, {}, &Event::ticket);
  for (std::size_t i = 0; i < all.size(); ++i) CHECK((all[i].whole && all[i].ticket == i));

  if (site->server() != nullptr) {
    CHECK(all.size() == each * site->workers());
    ControlBoard& board = site->server()->board();
    CHECK(board.workers() == site->workers());
    CHECK(board.clocks() == std::vector<std::int64_t>(site->workers(), each));
    board.set_learning_rate_scale(0.25);
    board.set_clock(0, finished_clock);
    board.store(Cell::stop, -3);
  }
  std::vector<Event> told(site->workers());
  site->run(
      1,
      [&](std::size_t worker, CenterVariable& center) {
        ControlBoard& board = center.board();
        const Orders orders = board.orders();
        told[worker].whole = orders.stop == -3 && orders.learning_rate_scale == 0.25 &&
                             board.clock(0) == finished_clock && board.load(Cell::stop) == -3;
      },
      [](CenterServer&) {});
  for (const Event& event : site->gather(told)) CHECK(event.whole);
}

}  // namespace tusk::center::testing
