// SPDX-License-Identifier: Apache-2.0
#include "exchange/center/overlapping_center.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "exchange/center/require_size.hpp"

namespace tusk::center {

OverlappingCenter::OverlappingCenter(CenterVariable& center)
    : center_(center), leaving_(center.size()), arriving_(center.size()) {}

// While an exception ends the job, MPI may still read and write the vectors.
OverlappingCenter::~OverlappingCenter() {
  if (!under_way_) return;
  static std::vector<AlignedVector<float>> left_to_mpi;
  left_to_mpi.push_back(std::move(leaving_));
  left_to_mpi.push_back(std::move(arriving_));
}

std::uint64_t OverlappingCenter::pull(std::span<float> out) {
  settle();
  return center_.pull(out);
}

Commit OverlappingCenter::commit(std::span<const float> delta) {
  settle();
  return center_.commit(delta);
}

Commit OverlappingCenter::commit_and_pull(std::span<const float> delta, std::span<float> out) {
  settle();
  return center_.commit_and_pull(delta, out);
}

Commit OverlappingCenter::commit_scaled(std::span<const float> delta, const Scaling& scaling,
                                        std::span<float> out) {
  settle();
  return center_.commit_scaled(delta, scaling, out);
}

void OverlappingCenter::settle() {
  finish();
  brought_ = false;
}

Commit OverlappingCenter::commit_change(std::span<float> x, std::span<float> pulled,
                                        const Change& change) {
  require_size(x.size(), size());
  require_size(pulled.size(), size());
  const Commit finished = finish();
  const std::span<const float> theta = brought_ ? std::span<const float>(arriving_) : pulled;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const float delta = (x[i] - pulled[i]) / change.divisor;
    leaving_[i] = delta;
    x[i] = theta[i] + delta;
    pulled[i] = x[i];
  }
  begin_commit({.in = leaving_, .out = arriving_, .scaling = change.scaling});
  return finished;
}

Commit OverlappingCenter::elastic(std::span<const float> x, float alpha, std::span<float> force) {
  require_size(x.size(), size());
  require_size(force.size(), size());
  const Commit finished = finish();
  if (!brought_) std::ranges::fill(arriving_, 0.0F);
  for (std::size_t i = 0; i < x.size(); ++i) {
    leaving_[i] = x[i] - arriving_[i];
    force[i] = arriving_[i];
  }
  begin_commit({.in = leaving_, .out = arriving_, .alpha = alpha});
  return finished;
}

void OverlappingCenter::begin_commit(const Exchange& exchange) {
  center_.begin(exchange);
  under_way_ = true;
  done_ = false;
}

bool OverlappingCenter::advance() {
  if (!done_) done_ = center_.advance();
  return done_;
}

Commit OverlappingCenter::finish() {
  if (!under_way_) return {};
  const Commit commit = center_.finish();
  under_way_ = false;
  done_ = brought_ = true;
  return commit;
}

}  // namespace tusk::center
