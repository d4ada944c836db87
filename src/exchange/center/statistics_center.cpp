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
      decay_(statistics.size(), 1.0F),
      contribution_(statistics.size()),
      arriving_(statistics.size()) {
  std::size_t count = 0;
  for (const MovingAverages& part : averages_) count += part.count;
  if (averages_.empty()) count = statistics.size();
  if (count == statistics.size() && count == center.statistics()) return;
  fail(ExitCode::internal, "{} statistics with {} momenta for a center with {}", statistics.size(),
       count, center.statistics());
}

void StatisticsCenter::set_kept(std::span<const float> shares) {
  std::ranges::copy(shares, decay_.begin());
}

void StatisticsCenter::find_contribution() {
  auto decay = decay_.begin();
  for (const MovingAverages& part : averages_) {
    const double momentum = static_cast<float>(part.momentum);  // as layers have it
    const auto kept = static_cast<float>(std::pow(momentum, static_cast<double>(steps_)));
    decay = std::fill_n(decay, part.count, kept);
  }
  for (std::size_t i = 0; i < decay_.size(); ++i) {
    contribution_[i] = statistics_[i] - decay_[i] * base_[i];
  }
}

void StatisticsCenter::keep(State& state) {
  state("center", center_);
  keep_own(state);
}

void StatisticsCenter::keep_own(State& state) {
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
