// SPDX-License-Identifier: Apache-2.0
#include "exchange/center/center_worker.hpp"

#include <algorithm>

#include "tusk/error.hpp"

namespace tusk::center {

using Kind = Update::Kind;

void CenterWorker::require_what_it_needs(const Update& update) const {
  if (update.kind == Kind::momentum && !momentum_) {
    fail(ExitCode::internal, "a commit moves the momentum of a center that keeps none");
  }
  if (update.has_statistics() == (statistics_ > 0)) return;
  fail(ExitCode::internal, "an update {} statistics of a center with {}",
       update.has_statistics() ? "of" : "without", statistics_);
}

Commit CenterWorker::perform(const Update& update) {
  require_what_it_needs(update);
  if (update.base != nullptr && !sweeps_changes()) return perform_in_steps(update);
  Update counted = update;
  counted.version = version_;
  const Receipt receipt = execute(counted);
  if (update.kind == Kind::pull) {
    version_ = arrived_ = receipt.ticket;
    return {.ticket = receipt.ticket};
  }
  const Commit commit{receipt.ticket, receipt.ticket - version_};
  version_ = arrived_ = update.kind == Kind::commit ? version_ + 1 : receipt.ticket + 1;
  return commit;
}

// Does a change by an update without a base, whose delta takes the place of the weights: for
// transports that do not sweep changes.
Commit CenterWorker::perform_in_steps(const Update& change) {
  float* const x = change.out;  // which is `in`, too
  for (std::size_t i = 0; i < size_; ++i) x[i] = (x[i] - change.base[i]) / change.divisor;
  Update whole = change;
  whole.in = x;
  whole.out = change.base;
  whole.base = nullptr;
  whole.divisor = 1.0F;
  const Commit commit = perform(whole);
  std::copy_n(change.base, size_, x);
  return commit;
}

void CenterWorker::start(const Update& update) {
  if (update.kind == Kind::proximity || update.kind == Kind::momentum) {
    fail(ExitCode::internal, "an exchange beside other work {}",
         update.kind == Kind::proximity ? "is not weighed by proximity" : "moves no momentum");
  }
  require_what_it_needs(update);
  noted_ = update;
  noted_->version = counted_from_ = version_;
  version_ = arrived_ + 1;  // with this commit
}

void CenterWorker::send_noted() {
  if (!noted_) return;
  const Update update = *noted_;
  noted_.reset();
  send(update);
}

void CenterWorker::send(Update update) { receipt_ = execute(update); }

bool CenterWorker::advance() {
  send_noted();
  return progress();
}

Commit CenterWorker::complete() {
  send_noted();
  const Receipt receipt = wait();
  arrived_ = receipt.ticket + 1;
  return {receipt.ticket, receipt.ticket - counted_from_};
}

void CenterWorker::keep(State& state) {
  state("version", version_);
  state("arrived", arrived_);
  state("counted_from", counted_from_);
}

}  // namespace tusk::center
