// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "run/worker/reporter.hpp"
#include "tusk/peers.hpp"
#include "tusk/state.hpp"

namespace tusk::worker {

// A worker's peers, watched like its center: every call is passed on and timed, a sum counts as a
// commit in the ledger, and one with a NaN or Inf ends the run before it reaches anyone
// (Error(diverged)).
class ObservedPeers final : public center::Peers {
 public:
  ObservedPeers(center::Peers& peers, Reporter& reporter) : peers_(peers), reporter_(reporter) {}

  std::size_t count() const override { return peers_.count(); }
  std::size_t index() const override { return peers_.index(); }
  void sum(std::span<float> values) override;
  void sum(std::span<double> values) override;
  std::uint64_t max(std::uint64_t value) override;

  // A sum that is no exchange of the rule's: timed, but not counted.
  void sum_beside(std::span<double> values);

  void keep(State& state) { state("exchanges", exchanges_); }
  std::uint64_t exchanges() const { return exchanges_; }  // sums so far

 private:
  template <typename Number>
  void observe_sum(std::span<Number> values);

  center::Peers& peers_;
  Reporter& reporter_;
  std::uint64_t exchanges_ = 0;
};

}  // namespace tusk::worker
