// SPDX-License-Identifier: Apache-2.0
#include "run/records/node_book.hpp"

#include <algorithm>

namespace tusk::records {

void NodeBook::submit(Report report) {
  add_report(sum_, report, setup_.scoring, history_, trails_.at(report.worker - setup_.first));
  if (report.finished) place(report.worker) = {.steps = report.amount, .finished = 1};
  history_.flush_in_time();
}

std::size_t NodeBook::finished() const {
  return static_cast<std::size_t>(std::ranges::count(setup_.places, 1U, &WorkerPlace::finished));
}

void NodeBook::keep(State& state) {
  state("history", history_);
  state("trails", std::span(trails_));
}

}  // namespace tusk::records
