// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "exchange/center/update.hpp"
#include "run/worker/reporter.hpp"
#include "tusk/center.hpp"

namespace tusk::worker {

// A worker's center variable, watched: passes every update on, measures the time that it takes (for
// an exchange beside the steps, the time in advance() and complete()) and tells the reporter of
// every commit. The Worker puts it around the center that it is given. Strategies see a
// CenterVariable like any other. What has a NaN or Inf in it never reaches the center:
// Error(diverged).
class ObservedCenter : public center::CenterVariable {
 public:
  ObservedCenter(center::CenterVariable& center, Reporter& reporter)
      : center_(center), reporter_(reporter) {}

  std::size_t size() const override { return center_.size(); }
  std::size_t statistics() const override { return center_.statistics(); }
  center::Commit perform(const center::Update& update) override;
  void start(const center::Update& update) override;
  bool advance() override;
  center::Commit complete() override;
  void keep(State& state) override;
  center::ControlBoard& board() override { return center_.board(); }

 private:
  void require_finite_commit(const center::Update& update) const;
  void report(const center::Update& update, const center::Commit& commit);

  center::CenterVariable& center_;
  Reporter& reporter_;
  center::Update started_;  // the last
};

}  // namespace tusk::worker
