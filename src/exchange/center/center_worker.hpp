// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "exchange/center/update.hpp"
#include "tusk/center.hpp"

namespace tusk::center {

// What all transports' workers have in common, and derive from: the transport executes updates, and
// here, and nowhere else, the versions pulled and the staleness are counted.
//
// Ticket t is the update counter before the commit's increment. The version of a pull is the number
// of commits before it, that of an operation that reads θ as it commits its ticket + 1.
// Staleness = ticket − version of the last pull − own commits since. (A transport may give a ticket
// before it adds; a pull may then miss parts of commits that its version counts.)
class CenterWorker : public CenterVariable {
 public:
  // θ is `size` weights and behind them `statistics` numbers. `momentum`: whether v and θ_kept lie
  // beside it.
  explicit CenterWorker(std::size_t size, std::size_t statistics = 0, bool momentum = false)
      : size_(size), statistics_(statistics), momentum_(momentum) {}

  std::size_t size() const final { return size_; }
  std::size_t statistics() const final { return statistics_; }
  Commit perform(const Update& update) final;
  void start(const Update& update) final;
  bool advance() final;
  Commit complete() final;
  void keep(State& state) override;

 protected:
  // Whether execute() takes an Update with a base.
  virtual bool sweeps_changes() const { return false; }

  // Does the whole update and takes its ticket.
  virtual Receipt execute(Update update) = 0;

  // A commit in three steps, beside other work: send() begins it, progress() carries it on and says
  // whether it is done, wait() waits for its end. What stands here does all of it in send(), for a
  // transport that is as fast as memory.
  virtual void send(Update update);
  virtual bool progress() { return true; }
  virtual Receipt wait() { return receipt_; }

 private:
  void require_what_it_needs(const Update& update) const;
  Commit perform_in_steps(const Update& change);
  void send_noted();

  std::size_t size_;
  std::size_t statistics_;
  bool momentum_;
  std::uint64_t version_ = 0;  // of the last pull, plus this worker's own commits since
  std::uint64_t arrived_ = 0;  // the same, but of the last pull that a start() has not yet used
  std::uint64_t counted_from_ = 0;  // the version that the started update counts from
  std::optional<Update> noted_;     // started, but not on its way
  Receipt receipt_;                 // of the last send()
};

}  // namespace tusk::center
