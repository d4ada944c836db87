// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <utility>
#include <vector>

#include "run/records/report.hpp"
#include "run/simulation/scheduler.hpp"
#include "run/simulation/virtual_peers.hpp"

namespace tusk::simulation {

// What is done with a report, on the thread of whichever worker's turn it is.
using TakeReport = std::function<void(records::Report report)>;

// The sink of a virtual worker with a center, or alone: reports are taken in virtual order.
class VirtualSink final : public records::ReportSink {
 public:
  VirtualSink(Scheduler& scheduler, std::size_t worker, const TakeReport& take)
      : scheduler_(scheduler), worker_(worker), take_(take) {}

  void submit(records::Report report) override {
    const Scheduler::Turn turn(scheduler_, worker_);
    take_(std::move(report));
  }

 private:
  Scheduler& scheduler_;
  std::size_t worker_;
  const TakeReport& take_;
};

// The sink of a virtual worker among peers. All meet at the end of a pass, so that the replicas
// stand still, equal, while the reports are taken and the model is validated.
class VirtualMeetingSink final : public records::ReportSink {
 public:
  VirtualMeetingSink(Meeting& meeting, std::size_t worker, const TakeReport& take)
      : meeting_(meeting), worker_(worker), take_(take) {}

  void submit(records::Report report) override { reports_.push_back(std::move(report)); }
  void end_pass() override;

 private:
  Meeting& meeting_;
  std::size_t worker_;
  const TakeReport& take_;
  std::vector<records::Report> reports_;  // since the last meeting
};

}  // namespace tusk::simulation
