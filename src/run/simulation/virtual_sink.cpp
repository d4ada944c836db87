// SPDX-License-Identifier: Apache-2.0
#include "run/simulation/virtual_sink.hpp"

namespace tusk::simulation {

void VirtualMeetingSink::end_pass() {
  meeting_.meet(worker_, &reports_, 0.0, [this](const std::vector<void*>& offers) {
    for (void* offer : offers) {
      auto& reports = *static_cast<std::vector<records::Report>*>(offer);
      for (records::Report& report : reports) take_(std::move(report));
      reports.clear();
    }
  });
}

void VirtualMeetingSink::keep(State& state) {
  state.list("reports", reports_, [](State& part, records::Report& report) {
    part("worker", report.worker);
    part("finished", report.finished);
    part("time", report.time);
    part("ledger", report.ledger);
    part("steps", report.steps);
    part("metrics", report.metrics);
    part("commits", report.commits);
    part("shards", report.shards);
    part("pulls", report.pulls);
  });
}

}  // namespace tusk::simulation
