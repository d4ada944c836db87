// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <utility>
#include <vector>

#include "tusk/simulation/scheduler.hpp"
#include "tusk/simulation/virtual_peers.hpp"
#include "tusk/training/report.hpp"

namespace tusk::simulation {

// What is done with a report, on the thread of whichever worker's turn it is.
using TakeReport = std::function<void(training::Report report)>;

// The sink of a virtual worker with a center, or alone: reports are taken in virtual order.
class VirtualSink final : public training::ReportSink {
 public:
  VirtualSink(Scheduler& scheduler, std::size_t worker, const TakeReport& take)
      : scheduler_(scheduler), worker_(worker), take_(take) {}

  void submit(training::Report report) override {
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
class VirtualMeetingSink final : public training::ReportSink {
 public:
  VirtualMeetingSink(Meeting& meeting, std::size_t worker, const TakeReport& take)
      : meeting_(meeting), worker_(worker), take_(take) {}

  void submit(training::Report report) override { reports_.push_back(std::move(report)); }
  void end_pass() override;

 private:
  Meeting& meeting_;
  std::size_t worker_;
  const TakeReport& take_;
  std::vector<training::Report> reports_;  // since the last meeting
};

}  // namespace tusk::simulation
