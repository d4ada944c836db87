// SPDX-License-Identifier: Apache-2.0
#include "oracle.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <ostream>

namespace tusk::center::testing {
namespace {

using State = std::array<double, lanes>;

std::vector<Event> in_order_of_tickets(const std::vector<Event>& events) {
  std::vector<Event> commits_only;
  std::ranges::copy_if(events, std::back_inserter(commits_only), commits);
  std::ranges::sort(commits_only, {}, &Event::ticket);
  return commits_only;
}

// The commits by others with tickets from `version` on and before `ticket`.
std::uint64_t commits_by_others(const std::vector<Event>& ordered, int worker,
                                std::uint64_t version, std::uint64_t ticket) {
  return static_cast<std::uint64_t>(std::ranges::count_if(ordered, [&](const Event& event) {
    return event.worker != worker && event.ticket >= version && event.ticket < ticket;
  }));
}

double added_to(double theta, const Event& event, std::size_t lane) {
  const double in = event.in[lane];
  switch (event.operation) {
    case Operation::pull:
      return 0.0;
    case Operation::commit:
    case Operation::commit_and_pull:
      return in;
    case Operation::staleness:
      return in / (static_cast<double>(event.staleness) + 1.0);
    case Operation::proximity: {
      const double gap = theta - static_cast<double>(event.pulled[lane]);
      return in / (gap * gap / static_cast<double>(event.factor) + 1.0);
    }
    case Operation::elastic:
      return static_cast<double>(event.factor) * (in - theta);
  }
  return 0.0;
}

bool near(const Lanes& seen, const State& expected, double tolerance) {
  for (std::size_t lane = 0; lane < lanes; ++lane) {
    const double error = std::abs(static_cast<double>(seen[lane]) - expected[lane]);
    if (!(error <= tolerance * (1.0 + std::abs(expected[lane])))) return false;
  }
  return true;
}

}  // namespace

std::ostream& operator<<(std::ostream& out, const Findings& findings) {
  return out << "wrong tickets " << findings.wrong_tickets << ", staleness "
             << findings.wrong_staleness << ", values " << findings.wrong_values << ", torn "
             << findings.torn;
}

Findings recount(const std::vector<Event>& events) {
  Findings findings;
  const std::vector<Event> ordered = in_order_of_tickets(events);
  for (std::size_t i = 0; i < ordered.size(); ++i) {
    if (ordered[i].ticket != i) ++findings.wrong_tickets;
  }
  std::map<int, std::uint64_t> versions;  // of each worker's last pull
  for (const Event& event : events) {
    std::uint64_t& version = versions[event.worker];
    if (!commits(event)) {
      version = event.ticket;
      continue;
    }
    const auto recounted = commits_by_others(ordered, event.worker, version, event.ticket);
    if (event.staleness != recounted) ++findings.wrong_staleness;
    if (event.operation != Operation::commit) version = event.ticket + 1;
  }
  return findings;
}

Findings replay(const std::vector<Event>& events, const Lanes& initial, const Lanes& final,
                double tolerance) {
  Findings findings = recount(events);
  std::vector<State> states(1);  // states[v]: the center after v commits
  std::ranges::copy(initial, states[0].begin());
  std::vector<State> added;
  for (const Event& event : in_order_of_tickets(events)) {
    State state = states.back();
    State& increments = added.emplace_back();
    for (std::size_t lane = 0; lane < lanes; ++lane) {
      increments[lane] = added_to(state[lane], event, lane);
      state[lane] += increments[lane];
    }
    states.push_back(state);
  }
  if (!near(final, states.back(), tolerance)) ++findings.wrong_values;
  for (const Event& event : events) {
    if (!event.whole) ++findings.torn;
    if (event.ticket >= states.size()) continue;  // counted by wrong_tickets
    State expected = states[event.ticket];
    if (event.operation == Operation::elastic) {
      expected = added[event.ticket];
    } else if (event.operation == Operation::commit) {
      std::ranges::copy(event.in, expected.begin());  // the argument, left as it was
    } else if (commits(event)) {
      expected = states[event.ticket + 1];
    }
    if (!near(event.out, expected, tolerance)) ++findings.wrong_values;
  }
  return findings;
}

}  // namespace tusk::center::testing
