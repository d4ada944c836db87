// SPDX-License-Identifier: Apache-2.0
#include "exchange/center/overlapping_center.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "exchange/center/update.hpp"
#include "tusk/error.hpp"

namespace tusk::center {

OverlappingCenter::OverlappingCenter(CenterVariable& center)
    : center_(center),
      leaving_(center.size()),
      arriving_(center.size()),
      decay_(center.statistics()),
      leaving_statistics_(center.statistics()),
      arriving_statistics_(center.statistics()) {}

// While an exception ends the job, MPI may still read and write the vectors.
OverlappingCenter::~OverlappingCenter() {
  if (!under_way_) return;
  static std::vector<AlignedVector<float>> left_to_mpi;
  for (AlignedVector<float>* vector :
       {&leaving_, &arriving_, &decay_, &leaving_statistics_, &arriving_statistics_}) {
    left_to_mpi.push_back(std::move(*vector));
  }
}

Commit OverlappingCenter::perform(const Update& update) {
  if (update.base != nullptr) return commit_change_beside(update);
  if (update.kind == Update::Kind::elastic) return elastic_beside(update);
  complete();
  brought_ = false;
  return center_.perform(update);
}

Commit OverlappingCenter::commit_change_beside(const Update& change) {
  const Commit completed = complete();
  const float* const theta = brought_ ? arriving_.data() : change.base;
  float* const x = change.out;  // which is `in`, too
  for (std::size_t i = 0; i < leaving_.size(); ++i) {
    const float delta = (x[i] - change.base[i]) / change.divisor;
    leaving_[i] = delta;
    x[i] = theta[i] + delta;
    change.base[i] = x[i];
  }
  statistics_beside(change);
  start_commit({.kind = change.kind, .absent = 2 * change.absent, .least = change.least});
  return completed;
}

Commit OverlappingCenter::elastic_beside(const Update& elastic) {
  const Commit completed = complete();
  if (!brought_) {
    std::ranges::fill(arriving_, 0.0F);
    std::ranges::fill(arriving_statistics_, 0.0F);
  }
  for (std::size_t i = 0; i < leaving_.size(); ++i) {
    leaving_[i] = elastic.in[i] - arriving_[i];
    elastic.out[i] = arriving_[i];
  }
  statistics_beside(elastic);
  start_commit({.kind = elastic.kind, .factor = elastic.factor});
  return completed;
}

// Gives out what has come for the statistics, and notes what is to leave.
void OverlappingCenter::statistics_beside(const Update& update) {
  const auto [decay, in, out, base] = update.statistics;
  const bool is_elastic = update.kind == Update::Kind::elastic;
  const float* const theta = brought_ || is_elastic ? arriving_statistics_.data() : base;
  for (std::size_t i = 0; i < decay_.size(); ++i) {
    if (is_elastic) {
      const float force = decay[i] * theta[i];
      leaving_statistics_[i] = in[i] - force;
      out[i] = force;
    } else {
      decay_[i] = decay[i];
      leaving_statistics_[i] = in[i];
      out[i] = decay[i] * theta[i] + in[i];
    }
  }
}

void OverlappingCenter::start_commit(Update update) {
  update.in = leaving_.data();
  update.out = arriving_.data();
  if (statistics() > 0) {
    update.statistics = {.decay = decay_.data(),
                         .in = leaving_statistics_.data(),
                         .out = arriving_statistics_.data()};
  }
  center_.start(update);
  under_way_ = true;
  done_ = false;
}

bool OverlappingCenter::advance() {
  if (!done_) done_ = center_.advance();
  return done_;
}

Commit OverlappingCenter::complete() {
  if (!under_way_) return {};
  const Commit commit = center_.complete();
  under_way_ = false;
  done_ = brought_ = true;
  return commit;
}

void OverlappingCenter::keep(State& state) {
  if (under_way_) fail(ExitCode::internal, "an exchange is under way while a checkpoint is taken");
  center_.keep(state);
  state("brought", brought_);
  if (!brought_) return;
  state("arriving", std::span(arriving_));
  if (statistics() > 0) state("arriving_statistics", std::span(arriving_statistics_));
}

}  // namespace tusk::center
