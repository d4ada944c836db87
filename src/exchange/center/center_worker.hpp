// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "exchange/center/center_variable.hpp"

namespace tusk::center {

struct Update;

// What came of an update.
struct Receipt {
  std::uint64_t ticket = 0;  // for a pull the version
  std::uint64_t delay = 0;   // see Commit
};

// What all transports' workers have in common: every operation of CenterVariable becomes one
// Update, which the transport performs, and the versions pulled are counted here.
class CenterWorker : public CenterVariable {
 public:
  explicit CenterWorker(std::size_t size) : size_(size) {}

  std::size_t size() const final { return size_; }
  std::uint64_t pull(std::span<float> out) final;
  Commit commit(std::span<const float> delta) final;
  Commit commit_and_pull(std::span<const float> delta, std::span<float> out) final;
  Commit commit_scaled(std::span<const float> delta, const Scaling& scaling,
                       std::span<float> out) final;
  Commit commit_change(std::span<float> x, std::span<float> pulled, const Change& change) final;
  Commit elastic(std::span<const float> x, float alpha, std::span<float> force) final;
  void begin(const Exchange& exchange) final;
  bool advance() final;
  Commit finish() final;

 protected:
  // Whether `perform` takes an Update with a base.
  virtual bool sweeps_changes() const { return false; }

  // Does the whole update and takes its ticket.
  virtual Receipt perform(Update update) = 0;

  // The same in three: start() sends a commit on its way, progress() gives it a turn and says
  // whether it is done, complete() waits for it. A transport at the speed of memory does it all in
  // start(), as they are here.
  virtual void start(Update update);
  virtual bool progress() { return true; }
  virtual Receipt complete() { return receipt_; }

 private:
  Commit perform_commit(Update update);
  void launch();

  std::size_t size_;
  std::uint64_t version_ = 0;  // of the last pull, plus this worker's own commits since
  std::uint64_t arrived_ = 0;  // the same, but of the last pull that a begin() has not yet used
  std::uint64_t counted_from_ = 0;  // the version that the exchange under way counts from
  std::optional<Exchange> noted_;   // begun, but not on its way
  Receipt receipt_;                 // of the last start()
};

}  // namespace tusk::center
