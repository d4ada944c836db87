// SPDX-License-Identifier: Apache-2.0
#include "run/worker/observed_center.hpp"

#include <fmt/format.h>

#include "core/log.hpp"

namespace tusk::worker {

template <typename Operation>
center::Commit ObservedCenter::observe(std::span<const float> committed, Operation operation) {
  require_finite(committed, "what it commits", reporter_.position());
  center::Commit commit;
  {
    const Stopwatch stopwatch(reporter_.time().exchange, reporter_.clock());
    commit = operation();
  }
  reporter_.commit(commit.ticket, commit.staleness);
  return commit;
}

std::uint64_t ObservedCenter::pull(std::span<float> out) {
  const Stopwatch stopwatch(reporter_.time().exchange, reporter_.clock());
  return center_.pull(out);
}

center::Commit ObservedCenter::commit(std::span<const float> delta) {
  return observe(delta, [&] { return center_.commit(delta); });
}

center::Commit ObservedCenter::commit_and_pull(std::span<const float> delta, std::span<float> out) {
  return observe(delta, [&] { return center_.commit_and_pull(delta, out); });
}

center::Commit ObservedCenter::commit_scaled(std::span<const float> delta,
                                             const center::Scaling& scaling, std::span<float> out) {
  return observe(delta, [&] { return center_.commit_scaled(delta, scaling, out); });
}

center::Commit ObservedCenter::commit_change(std::span<float> x, std::span<float> pulled,
                                             const Change& change) {
  return observe(x, [&] { return center_.commit_change(x, pulled, change); });
}

center::Commit ObservedCenter::elastic(std::span<const float> x, float alpha,
                                       std::span<float> force) {
  const center::Commit commit = observe(x, [&] { return center_.elastic(x, alpha, force); });
  watch_delay(commit.delay, alpha);
  return commit;
}

void ObservedCenter::begin(const Exchange& exchange) {
  require_finite(exchange.in, "what it commits", reporter_.position());
  const Stopwatch stopwatch(reporter_.time().exchange, reporter_.clock());
  center_.begin(exchange);
  alpha_ = exchange.alpha;
  reporter_.commit_begins();
}

bool ObservedCenter::advance() {
  const Stopwatch stopwatch(reporter_.time().exchange, reporter_.clock());
  return center_.advance();
}

center::Commit ObservedCenter::finish() {
  center::Commit commit;
  {
    const Stopwatch stopwatch(reporter_.time().exchange, reporter_.clock());
    commit = center_.finish();
  }
  reporter_.commit(commit.ticket, commit.staleness);
  if (alpha_) watch_delay(commit.delay, *alpha_);
  return commit;
}

void ObservedCenter::watch_delay(std::uint64_t delay, float alpha) {
  if (!delays_.add(delay, alpha)) return;
  print_warning(fmt::format(
      "worker {}: on average {:.1f} commits by others come between reading the center and adding "
      "to it; with that delay alpha = {:.3g} is unstable, it should be below {:.3g} (or "
      "server.transport \"shared\" or \"message\", which have no delay)",
      reporter_.position().worker, delays_.mean(), alpha, largest_stable_alpha(delays_.mean())));
}

}  // namespace tusk::worker
