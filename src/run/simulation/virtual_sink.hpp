// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <utility>
#include <vector>

#include "run/records/report.hpp"
#include "run/simulation/scheduler.hpp"
#include "run/simulation/virtual_peers.hpp"
#include "tusk/state.hpp"

namespace tusk::simulation {

// What is done with a report, on the thread of whichever worker's turn it is.
using TakeReport = std::function<void(records::Report report)>;

// A virtual worker's sink, as a checkpoint sees it.
class KeptSink : public records::ReportSink {
 public:
  virtual void keep(State& state) = 0;
};

// The sink of a virtual worker with a center, or alone: reports are taken in virtual order.
class VirtualSink final : public KeptSink {
 public:
  VirtualSink(Scheduler& scheduler, std::size_t worker, const TakeReport& take)
      : scheduler_(scheduler), worker_(worker), take_(take) {}

  void submit(records::Report report) override {
    const Scheduler::Turn turn(scheduler_, worker_);
    take_(std::move(report));
  }
  void keep(State& /*state*/) override {}

 private:
  Scheduler& scheduler_;
  std::size_t worker_;
  const TakeReport& take_;
};

// The sink of a virtual worker in a tree: reports wait at its node until an exchange of the relay
// has carried what they tell of.
class VirtualNodeSink final : public KeptSink {
 public:
  VirtualNodeSink(Scheduler& scheduler, std::size_t worker, std::vector<records::Report>& waiting)
      : scheduler_(scheduler), worker_(worker), waiting_(waiting) {}

  void submit(records::Report report) override {
    const Scheduler::Turn turn(scheduler_, worker_);
    waiting_.push_back(std::move(report));
  }
  void keep(State& /*state*/) override {}

 private:
  Scheduler& scheduler_;
  std::size_t worker_;
  std::vector<records::Report>& waiting_;
};

// The sink of a virtual worker among peers. All meet at the end of a pass, so that the replicas
// stand still, equal, while the reports are taken and the model is validated.
class VirtualMeetingSink final : public KeptSink {
 public:
  VirtualMeetingSink(Meeting& meeting, std::size_t worker, const TakeReport& take)
      : meeting_(meeting), worker_(worker), take_(take) {}

  void submit(records::Report report) override { reports_.push_back(std::move(report)); }
  void end_pass() override;

  // The reports since the last meeting.
  void keep(State& state) override;

 private:
  Meeting& meeting_;
  std::size_t worker_;
  const TakeReport& take_;
  std::vector<records::Report> reports_;  // since the last meeting
};

}  // namespace tusk::simulation
