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
  state.list("reports", reports_, [](State& part, records::Report& report) { report.keep(part); });
}

}  // namespace tusk::simulation
