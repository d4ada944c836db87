// SPDX-License-Identifier: Apache-2.0
#include "run/worker/observed_center.hpp"

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
  if (update.statistics.in == nullptr) return;
  require_finite(std::span(update.statistics.in, statistics()), "the statistics that it commits",
                 reporter_.position());
}

void ObservedCenter::report(const center::Update& update, const center::Commit& commit) {
  if (!update.commits()) return reporter_.pull(commit, center_.further_shards());
  reporter_.commit(update, commit, center_.further_shards());
}

void ObservedCenter::keep(State& state) { state("center", center_); }

}  // namespace tusk::worker
