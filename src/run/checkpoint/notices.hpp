// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

#include "run/records/report.hpp"

namespace tusk::checkpoint {

class Checkpointer;

// Rank 0's sink for the workers' reports: takes out the notices about checkpoints, and hands the
// others on.
class Notices : public records::ReportSink {
 public:
  // Both must outlive the object.
  Notices(Checkpointer& checkpointer, records::ReportSink& next)
      : checkpointer_(checkpointer), next_(next) {}

  void submit(records::Report report) override;

 protected:
  virtual void on_arrival(const records::Report& /*notice*/) {}

 private:
  Checkpointer& checkpointer_;
  records::ReportSink& next_;
};

// The signals that this process has been sent, for rank 0: a notice for each, once.
class SignalNotices {
 public:
  std::optional<records::Report> poll(std::uint32_t worker);

 private:
  bool told_ = false;
};

}  // namespace tusk::checkpoint
