// SPDX-License-Identifier: Apache-2.0
#include "exchange/center/center_variable.hpp"

#include <algorithm>

#include "core/error.hpp"

namespace tusk::center {

Commit CenterVariable::commit_change(std::span<float> x, std::span<float> pulled,
                                     const Change& change) {
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = (x[i] - pulled[i]) / change.divisor;
  Commit commit;
  if (change.scaling) {
    Scaling scaling = *change.scaling;
    scaling.pulled = pulled;
    commit = commit_scaled(x, scaling, pulled);
  } else {
    commit = commit_and_pull(x, pulled);
  }
  std::ranges::copy(pulled, x.begin());
  return commit;
}

namespace {

[[noreturn]] void fail_without_background() {
  fail(ExitCode::internal, "this center has no exchanges beside other work");
}

}  // namespace

void CenterVariable::begin(const Exchange& /*exchange*/) { fail_without_background(); }
bool CenterVariable::advance() { fail_without_background(); }
Commit CenterVariable::finish() { fail_without_background(); }

}  // namespace tusk::center
