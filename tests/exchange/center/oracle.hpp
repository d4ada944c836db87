// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <iosfwd>
#include <vector>

#include "event.hpp"

namespace tusk::center::testing {

// What is wrong with a run, counted; all zero if nothing is.
struct Findings {
  std::size_t wrong_tickets = 0;    // commits whose tickets are not 0, 1, 2, …
  std::size_t wrong_staleness = 0;  // that a recount from all tickets does not confirm
  std::size_t wrong_values = 0;     // results that the replay does not confirm
  std::size_t torn = 0;             // vectors that are not of one piece

  friend bool operator==(const Findings&, const Findings&) = default;
};

std::ostream& operator<<(std::ostream& out, const Findings& findings);

// Replays the commits of all workers in the order of their tickets, in double precision and by the
// formulas of the rules, and holds every result that anybody saw against it: a pull of version v
// against the sum of exactly the first v commits. `events` has each worker's in its own order;
// `tolerance` is relative, 0 for exact equality; `final` is the center at the end.
Findings replay(const std::vector<Event>& events, const Lanes& initial, const Lanes& final,
                double tolerance);

// The findings that do not depend on what was read, for consistencies under which operations
// overlap: tickets and staleness.
Findings recount(const std::vector<Event>& events);

}  // namespace tusk::center::testing
