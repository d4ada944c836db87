// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "exchange/center/center_variable.hpp"
#include "run/worker/delay_watch.hpp"
#include "run/worker/reporter.hpp"

namespace tusk::worker {

// A worker's center variable, watched: passes every call on, measures its time (of an exchange
// beside the steps: its turns and the wait for its end) and tells the reporter of every commit.
// Strategies see a CenterVariable like any other. What has a NaN or Inf in it never reaches the
// center: Error(diverged). Elastic exchanges whose delay is too long for their α earn a warning.
class ObservedCenter : public center::CenterVariable {
 public:
  ObservedCenter(center::CenterVariable& center, Reporter& reporter)
      : center_(center), reporter_(reporter) {}

  std::size_t size() const override { return center_.size(); }
  std::uint64_t pull(std::span<float> out) override;
  center::Commit commit(std::span<const float> delta) override;
  center::Commit commit_and_pull(std::span<const float> delta, std::span<float> out) override;
  center::Commit commit_scaled(std::span<const float> delta, const center::Scaling& scaling,
                               std::span<float> out) override;
  center::Commit commit_change(std::span<float> x, std::span<float> pulled,
                               const Change& change) override;
  center::Commit elastic(std::span<const float> x, float alpha, std::span<float> force) override;
  void begin(const Exchange& exchange) override;
  bool advance() override;
  center::Commit finish() override;
  center::ControlBoard& board() override { return center_.board(); }

 private:
  template <typename Operation>
  center::Commit observe(std::span<const float> committed, Operation operation);
  void watch_delay(std::uint64_t delay, float alpha);

  center::CenterVariable& center_;
  Reporter& reporter_;
  DelayWatch delays_;
  std::optional<float> alpha_;  // of the exchange under way
};

}  // namespace tusk::worker
