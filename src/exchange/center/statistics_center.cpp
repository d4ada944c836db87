// SPDX-License-Identifier: Apache-2.0
#include "exchange/center/statistics_center.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "exchange/center/update.hpp"
#include "tusk/error.hpp"

namespace tusk::center {

using Kind = Update::Kind;

StatisticsCenter::StatisticsCenter(CenterVariable& center, std::span<float> statistics,
                                   std::vector<MovingAverages> averages)
    : center_(center),
      statistics_(statistics),
      averages_(std::move(averages)),
      base_(statistics.begin(), statistics.end()),
      decay_(statistics.size()),
      contribution_(statistics.size()),
      arriving_(statistics.size()) {
  std::size_t count = 0;
  for (const MovingAverages& part : averages_) count += part.count;
  if (count == statistics.size() && count == center.statistics()) return;
  fail(ExitCode::internal, "{} statistics with {} momenta for a center with {}", statistics.size(),
       count, center.statistics());
}

void StatisticsCenter::find_contribution() {
  std::size_t i = 0;
  for (const MovingAverages& part : averages_) {
    const double momentum = static_cast<float>(part.momentum);  // as layers have it
    const auto kept = static_cast<float>(std::pow(momentum, static_cast<double>(steps_)));
    for (const std::size_t end = i + part.count; i < end; ++i) {
      decay_[i] = kept;
      contribution_[i] = statistics_[i] - kept * base_[i];
    }
  }
}

void StatisticsCenter::keep(State& state) {
  state("center", center_);
  state("steps", steps_);
  state("base", std::span(base_));
}

Commit StatisticsCenter::perform(const Update& update) {
  Update whole = update;
  find_contribution();
  if (update.kind == Kind::elastic) {
    whole.statistics = {.decay = decay_.data(), .in = statistics_.data(), .out = arriving_.data()};
  } else {
    whole.statistics = {.decay = decay_.data(), .in = contribution_.data()};
    if (update.kind == Kind::pull) whole.statistics = {.out = arriving_.data()};
    if (update.out != nullptr && update.commits()) {
      whole.statistics.out = statistics_.data();
      whole.statistics.base = base_.data();
    }
  }
  const Commit commit = center_.perform(whole);
  if (update.kind == Kind::pull) {
    for (std::size_t i = 0; i < base_.size(); ++i) {
      base_[i] = arriving_[i];
      statistics_[i] = decay_[i] * arriving_[i] + contribution_[i];
    }
    return commit;
  }
  if (update.kind == Kind::elastic) {
    for (std::size_t i = 0; i < base_.size(); ++i) statistics_[i] -= arriving_[i];
  }
  std::ranges::copy(statistics_, base_.begin());
  steps_ = 0;
  return commit;
}

}  // namespace tusk::center
