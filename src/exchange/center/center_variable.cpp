// SPDX-License-Identifier: Apache-2.0
#include "tusk/center.hpp"

#include "exchange/center/center_server.hpp"
#include "exchange/center/require_size.hpp"
#include "exchange/center/update.hpp"
#include "tusk/error.hpp"

namespace tusk::center {

using Kind = Update::Kind;

std::uint64_t CenterVariable::pull(std::span<float> out) {
  require_size(out.size(), size());
  return perform({.kind = Kind::pull, .out = out.data()}).ticket;
}

Commit CenterVariable::commit(std::span<const float> delta) {
  require_size(delta.size(), size());
  return perform({.kind = Kind::commit, .in = delta.data()});
}

Commit CenterVariable::commit_and_pull(std::span<const float> delta, std::span<float> out) {
  require_size(delta.size(), size());
  require_size(out.size(), size());
  return perform({.kind = Kind::commit_and_pull, .in = delta.data(), .out = out.data()});
}

Commit CenterVariable::commit_change(std::span<float> x, std::span<float> pulled,
                                     const Change& change) {
  require_size(x.size(), size());
  require_size(pulled.size(), size());
  Update update{.kind = Kind::commit_and_pull,
                .in = x.data(),
                .out = x.data(),
                .base = pulled.data(),
                .divisor = change.divisor};
  if (change.scaling && change.scaling->rule == Scaling::Rule::staleness) {
    update.kind = Kind::staleness;
    update.absent = change.scaling->absent;
    update.least = change.scaling->least;
  } else if (change.scaling) {
    update.kind = Kind::proximity;
    update.factor = change.scaling->learning_rate;
    update.pulled = pulled.data();
  }
  if (change.momentum) {
    if (change.scaling || change.momentum->every == 0) {
      fail(ExitCode::internal, "a change with a momentum every {} commits{}",
           change.momentum->every, change.scaling ? " is weighed, too" : "");
    }
    update.kind = Kind::momentum;
    update.factor = change.momentum->mean;
    update.every = change.momentum->every;
    update.momentum = change.momentum->momentum;
    update.learning_rate = change.momentum->learning_rate;
  }
  return perform(update);
}

Commit CenterVariable::elastic(std::span<const float> x, float alpha, std::span<float> force) {
  require_size(x.size(), size());
  require_size(force.size(), size());
  return perform({.kind = Kind::elastic, .factor = alpha, .in = x.data(), .out = force.data()});
}

namespace {

[[noreturn]] void fail_without_background() {
  fail(ExitCode::internal, "this center has no exchanges beside other work");
}

}  // namespace

std::uint64_t CenterServer::take(std::span<float> /*out*/, std::span<float> /*kept*/) {
  fail(ExitCode::internal, "this center has no relay");
}
std::uint64_t CenterServer::merge(std::span<const float> /*change*/) {
  fail(ExitCode::internal, "this center has no relay");
}

void CenterVariable::start(const Update& /*update*/) { fail_without_background(); }
bool CenterVariable::advance() { fail_without_background(); }
Commit CenterVariable::complete() { fail_without_background(); }

}  // namespace tusk::center
