// SPDX-License-Identifier: Apache-2.0
#include "run/worker/observed_center.hpp"

#include <fmt/format.h>

#include "core/log.hpp"

namespace tusk::worker {

center::Commit ObservedCenter::perform(const center::Update& update) {
  require_finite_commit(update);
  center::Commit commit;
  {
    const Stopwatch stopwatch(reporter_.time().exchange, reporter_.clock());
    commit = center_.perform(update);
  }
  report(update, commit);
  return commit;
}

void ObservedCenter::start(const center::Update& update) {
  require_finite_commit(update);
  const Stopwatch stopwatch(reporter_.time().exchange, reporter_.clock());
  center_.start(update);
  started_ = update;
  reporter_.commit_begins();
}

bool ObservedCenter::advance() {
  const Stopwatch stopwatch(reporter_.time().exchange, reporter_.clock());
  return center_.advance();
}

center::Commit ObservedCenter::complete() {
  center::Commit commit;
  {
    const Stopwatch stopwatch(reporter_.time().exchange, reporter_.clock());
    commit = center_.complete();
  }
  report(started_, commit);
  return commit;
}

void ObservedCenter::require_finite_commit(const center::Update& update) const {
  if (!update.commits()) return;
  require_finite(std::span(update.in, size()), "what it commits", reporter_.position());
}

void ObservedCenter::report(const center::Update& update, const center::Commit& commit) {
  if (!update.commits()) return;
  reporter_.commit(commit.ticket, commit.staleness);
  if (update.kind != center::Update::Kind::elastic) return;
  if (!delays_.add(commit.delay, update.factor)) return;
  print_warning(fmt::format(
      "worker {}: on average {:.1f} commits by others come between reading the center and adding "
      "to it; with that delay alpha = {:.3g} is unstable, it should be below {:.3g} (or "
      "server.transport \"shared\" or \"message\", which have no delay)",
      reporter_.position().worker, delays_.mean(), update.factor,
      largest_stable_alpha(delays_.mean())));
}

}  // namespace tusk::worker
