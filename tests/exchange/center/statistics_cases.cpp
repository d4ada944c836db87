// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <deque>
#include <optional>
#include <vector>

#include "cases.hpp"
#include "exchange/center/overlapping_center.hpp"
#include "exchange/center/statistics_center.hpp"
#include "tusk/random.hpp"

namespace tusk::center::testing {
namespace {

// Two layers' statistics, which keep different shares of themselves; more than a message's piece.
const std::vector<MovingAverages> layers{{.count = 16'000, .momentum = 0.9},
                                         {.count = 5, .momentum = 0.6}};
constexpr std::size_t statistics = 16'005;
constexpr std::size_t weights = 801;
constexpr std::array<std::size_t, lanes> watched{0, 15'999, 16'000, 16'004};

float momentum_of(std::size_t i) { return i < 16'000 ? 0.9F : 0.6F; }

// θ at the start.
float initial_value(std::size_t i) { return i < weights ? 3.0F : 4.0F + static_cast<float>(i % 3); }

std::vector<float> initial_center() {
  std::vector<float> theta(weights + statistics);
  for (std::size_t i = 0; i < theta.size(); ++i) theta[i] = initial_value(i);
  return theta;
}

Lanes watch(std::span<const float> values) {
  Lanes seen{};
  for (std::size_t lane = 0; lane < lanes; ++lane) seen[lane] = values[watched[lane]];
  return seen;
}

// A worker whose layers move its statistics by a batch a step, and which commits deltas that have
// nothing to do with that.
class Learner {
 public:
  explicit Learner(std::size_t worker)
      : worker_(static_cast<int>(worker)),
        random_(29, Stream::shuffle, static_cast<std::uint32_t>(worker)),
        x_(weights),
        pulled_(weights),
        delta_(weights, 1.0F),
        moving_(statistics) {}

  void play(CenterVariable& center) {
    if (!mine_) {
      mine_.emplace(center, moving_, layers);
      mine_->pull(x_);
      pulled_ = x_;
      return;
    }
    if (random_.below(5) == 0) return look();
    train();
    Event event{.worker = worker_, .operation = Operation::commit_and_pull};
    for (std::size_t lane = 0; lane < lanes; ++lane) {
      event.in[lane] = static_cast<float>(contributed_[lane]);
      event.pulled[lane] = static_cast<float>(kept_[lane]);
    }
    event.ticket = exchange(event).ticket;
    event.out = watch(moving_);
    events_.push_back(event);
    contributed_ = {};
    kept_.fill(1.0);
  }

  // Without an exchange in between, a pull brings the center's, with what is not committed yet.
  void look() {
    train();
    mine_->pull(pulled_);
  }

  const std::vector<Event>& events() const { return events_; }

 private:
  void train() {
    const std::size_t steps = 1 + random_.below(3);
    for (std::size_t step = 0; step < steps; ++step) {
      const auto batch = static_cast<float>(random_.below(9));
      for (std::size_t i = 0; i < statistics; ++i) {
        moving_[i] = momentum_of(i) * moving_[i] + (1.0F - momentum_of(i)) * batch;
      }
      for (std::size_t lane = 0; lane < lanes; ++lane) {
        const double mu = static_cast<double>(momentum_of(watched[lane]));
        contributed_[lane] = mu * contributed_[lane] + (1.0 - mu) * static_cast<double>(batch);
        kept_[lane] *= mu;
      }
      mine_->step();
    }
  }

  Commit exchange(Event& event) {
    switch (random_.below(5)) {
      case 0:
        event.operation = Operation::commit;
        return mine_->commit(delta_);
      case 1:
        return mine_->commit_and_pull(delta_, pulled_);
      case 2:
        return mine_->commit_change(x_, pulled_, {.divisor = 7.0F});
      case 3:
        return mine_->commit_change(x_, pulled_, {.scaling = Scaling{}});
      default:
        return mine_->commit_change(x_, pulled_,
                                    {.scaling = Scaling{.rule = Scaling::Rule::proximity}});
    }
  }

  int worker_;
  Random random_;
  std::vector<float> x_, pulled_, delta_, moving_;
  std::array<double, lanes> contributed_{};             // since the last commit
  std::array<double, lanes> kept_{1.0, 1.0, 1.0, 1.0};  // of what was there then
  std::vector<Event> events_;
  std::optional<StatisticsCenter> mine_;
};

bool near(const Lanes& seen, const std::array<double, lanes>& expected) {
  for (std::size_t lane = 0; lane < lanes; ++lane) {
    if (std::abs(static_cast<double>(seen[lane]) - expected[lane]) > 1e-4) return false;
  }
  return true;
}

// The final center's statistics, where the server is; and all its statistics lie as they should.
std::optional<Lanes> final_statistics(Site& site) {
  if (site.server() == nullptr) return {};
  CHECK(site.server()->size() == weights + statistics);
  std::vector<float> theta(weights + statistics);
  site.server()->snapshot(theta);
  const auto moving = std::span(theta).subspan(weights);
  for (std::size_t i = 0; i < statistics; ++i) {
    if (!(moving[i] >= 0.0F && moving[i] <= 8.0F)) FAIL_CHECK("no average of batches: ", i);
  }
  return watch(moving);
}

}  // namespace

void check_statistics(const MakeSiteWithStatistics& make_site, Order order) {
  const auto site = make_site(initial_center(), statistics);
  std::deque<Learner> learners;
  for (std::size_t worker = 0; worker < site->workers(); ++worker) learners.emplace_back(worker);
  site->run(
      25, [&](std::size_t worker, CenterVariable& center) { learners[worker].play(center); },
      [](CenterServer&) {});
  std::vector<Event> events;
  for (const Learner& learner : learners) {
    events.insert(events.end(), learner.events().begin(), learner.events().end());
  }
  events = site->gather(events);
  const auto final = final_statistics(*site);
  if (!final || order == Order::any) return;
  std::ranges::sort(events, {}, &Event::ticket);
  std::array<double, lanes> theta{};
  for (std::size_t lane = 0; lane < lanes; ++lane) {
    theta[lane] = static_cast<double>(initial_value(weights + watched[lane]));
  }
  for (const Event& event : events) {
    for (std::size_t lane = 0; lane < lanes; ++lane) {
      theta[lane] = static_cast<double>(event.pulled[lane]) * theta[lane] +
                    static_cast<double>(event.in[lane]);
    }
    if (event.operation != Operation::commit) CHECK(near(event.out, theta));
  }
  CHECK(near(*final, theta));
}

void check_statistics_beside(const MakeSiteWithStatistics& make_site) {
  constexpr int windows = 20;
  const auto site = make_site(initial_center(), statistics);
  struct Worker {
    std::vector<float> x = std::vector<float>(weights);
    std::vector<float> pulled = std::vector<float>(weights);
    std::vector<float> moving = std::vector<float>(statistics);
    std::optional<OverlappingCenter> overlapping = {};
    std::optional<StatisticsCenter> mine = {};
  };
  std::deque<Worker> workers(site->workers());
  const auto nothing = [](CenterServer&) {};
  site->run(
      windows,
      [&](std::size_t index, CenterVariable& center) {
        Worker& worker = workers[index];
        if (!worker.mine) {
          worker.overlapping.emplace(center);
          worker.mine.emplace(*worker.overlapping, worker.moving, layers);
          worker.mine->pull(worker.x);
          worker.pulled = worker.x;
        }
        // The batches are all alike, so that the order of the commits does not matter.
        for (std::size_t i = 0; i < statistics; ++i) {
          worker.moving[i] = momentum_of(i) * worker.moving[i] + (1.0F - momentum_of(i)) * 2.0F;
        }
        worker.mine->step();
        worker.mine->commit_change(worker.x, worker.pulled, {});
        for (int turn = 0; turn < 30; ++turn) worker.overlapping->advance();
      },
      nothing);
  site->run(
      1, [&](std::size_t index, CenterVariable&) { workers[index].overlapping->complete(); },
      nothing);
  const auto final = final_statistics(*site);
  if (!final || site->workers() > 1) return;
  for (std::size_t lane = 0; lane < lanes; ++lane) {
    const double mu = static_cast<double>(momentum_of(watched[lane]));
    const double begin = static_cast<double>(initial_value(weights + watched[lane]));
    const double expected = 2.0 + std::pow(mu, windows) * (begin - 2.0);
    CHECK(static_cast<double>((*final)[lane]) == doctest::Approx(expected).epsilon(1e-5));
  }
}

void check_statistics_conserved(const MakeSiteWithStatistics& make_site) {
  const auto site = make_site(initial_center(), statistics);
  const float alpha = 0.9F / static_cast<float>(site->workers());
  struct Worker {
    std::vector<float> x = std::vector<float>(weights);
    std::vector<float> moving = std::vector<float>(statistics);
    std::optional<StatisticsCenter> mine = {};
  };
  std::deque<Worker> workers(site->workers());
  std::vector<Event> ends(site->workers());
  std::array<double, lanes> total{};
  for (std::size_t lane = 0; lane < lanes; ++lane) {
    total[lane] = static_cast<double>(initial_value(weights + watched[lane]));
  }
  for (std::size_t index = 0; index < site->workers(); ++index) {
    std::ranges::fill(workers[index].moving, static_cast<float>(index));
    for (double& sum : total) sum += static_cast<double>(index);
  }
  site->run(
      30,
      [&](std::size_t index, CenterVariable& center) {
        Worker& worker = workers[index];
        if (!worker.mine) worker.mine.emplace(center, worker.moving, layers);
        std::vector<float> force(weights);
        worker.mine->elastic(worker.x, alpha, force);
        ends[index].out = watch(worker.moving);
      },
      [](CenterServer&) {});
  const std::vector<Event> all_ends = site->gather(ends);
  const auto final = final_statistics(*site);
  if (!final) return;
  for (std::size_t lane = 0; lane < lanes; ++lane) {
    double sum = static_cast<double>((*final)[lane]);
    for (const Event& end : all_ends) sum += static_cast<double>(end.out[lane]);
    CHECK(sum == doctest::Approx(total[lane]).epsilon(1e-5));
  }
}

}  // namespace tusk::center::testing
