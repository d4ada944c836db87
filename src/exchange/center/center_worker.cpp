// SPDX-License-Identifier: Apache-2.0
#include "exchange/center/center_worker.hpp"

#include "core/error.hpp"
#include "exchange/center/require_size.hpp"
#include "exchange/center/update.hpp"

namespace tusk::center {

using Kind = Update::Kind;

std::uint64_t CenterWorker::pull(std::span<float> out) {
  require_size(out.size(), size_);
  version_ = arrived_ = perform({.kind = Kind::pull, .out = out.data()}).ticket;
  return version_;
}

Commit CenterWorker::commit(std::span<const float> delta) {
  require_size(delta.size(), size_);
  return perform_commit({.kind = Kind::commit, .in = delta.data()});
}

Commit CenterWorker::commit_and_pull(std::span<const float> delta, std::span<float> out) {
  require_size(delta.size(), size_);
  require_size(out.size(), size_);
  return perform_commit({.kind = Kind::commit_and_pull, .in = delta.data(), .out = out.data()});
}

Commit CenterWorker::commit_scaled(std::span<const float> delta, const Scaling& scaling,
                                   std::span<float> out) {
  require_size(delta.size(), size_);
  require_size(out.size(), size_);
  Update update{.kind = Kind::staleness, .in = delta.data(), .out = out.data()};
  if (scaling.rule == Scaling::Rule::proximity) {
    require_size(scaling.pulled.size(), size_);
    update.kind = Kind::proximity;
    update.factor = scaling.learning_rate;
    update.pulled = scaling.pulled.data();
  }
  return perform_commit(update);
}

Commit CenterWorker::commit_change(std::span<float> x, std::span<float> pulled,
                                   const Change& change) {
  require_size(x.size(), size_);
  require_size(pulled.size(), size_);
  if (!sweeps_changes()) return CenterVariable::commit_change(x, pulled, change);
  Update update{.kind = Kind::commit_and_pull,
                .in = x.data(),
                .pulled = pulled.data(),
                .out = x.data(),
                .base = pulled.data(),
                .divisor = change.divisor};
  if (change.scaling && change.scaling->rule == Scaling::Rule::staleness) {
    update.kind = Kind::staleness;
  } else if (change.scaling) {
    update.kind = Kind::proximity;
    update.factor = change.scaling->learning_rate;
  }
  return perform_commit(update);
}

Commit CenterWorker::elastic(std::span<const float> x, float alpha, std::span<float> force) {
  require_size(x.size(), size_);
  require_size(force.size(), size_);
  return perform_commit(
      {.kind = Kind::elastic, .factor = alpha, .in = x.data(), .out = force.data()});
}

Commit CenterWorker::perform_commit(Update update) {
  update.version = version_;
  const Receipt receipt = perform(update);
  const Commit commit{receipt.ticket, receipt.ticket - version_, receipt.delay};
  version_ = arrived_ = update.kind == Kind::commit ? version_ + 1 : receipt.ticket + 1;
  return commit;
}

void CenterWorker::begin(const Exchange& exchange) {
  require_size(exchange.in.size(), size_);
  require_size(exchange.out.size(), size_);
  if (exchange.scaling && exchange.scaling->rule != Scaling::Rule::staleness) {
    fail(ExitCode::internal, "an exchange beside other work is not weighed by proximity");
  }
  noted_ = exchange;
  counted_from_ = version_;
  version_ = arrived_ + 1;  // with this commit
}

void CenterWorker::launch() {
  if (!noted_) return;
  Update update{.kind = noted_->scaling ? Kind::staleness : Kind::commit_and_pull,
                .version = counted_from_,
                .in = noted_->in.data(),
                .out = noted_->out.data()};
  if (noted_->alpha) {
    update.kind = Kind::elastic;
    update.factor = *noted_->alpha;
  }
  noted_.reset();
  start(update);
}

void CenterWorker::start(Update update) { receipt_ = perform(update); }

bool CenterWorker::advance() {
  launch();
  return progress();
}

Commit CenterWorker::finish() {
  launch();
  const Receipt receipt = complete();
  arrived_ = receipt.ticket + 1;
  return {receipt.ticket, receipt.ticket - counted_from_, receipt.delay};
}

}  // namespace tusk::center
