// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "tusk/aligned_vector.hpp"
#include "tusk/center.hpp"

namespace tusk::center {

// So many statistics, one behind another, of which a step keeps the share `momentum` = μ and puts
// 1 − μ of the batch's in the place of the rest, as batch normalization does.
struct MovingAverages {
  std::size_t count = 0;
  double momentum = 0.99;
};

// A worker's center variable, as its strategy sees it: weights alone. To what the strategy does to
// them it adds what becomes of the network's moving statistics, which the layers have moved in the
// worker's own copy x. With m the steps since this worker's last commit, x₀ its statistics as they
// were after that, and c = x − μᵐ x₀ what its batches contributed since:
//
//   pull                  x = μᵐ θ + c: nothing of it is lost, and before a step it is θ
//   commit                θ ← μᵐ θ + c                 m = 0; x₀ = x
//   commit_and_pull, …    θ ← μᵐ θ + c;   x = θ        m = 0; x₀ = x
//   elastic               E = α(x − θ);   θ += E;   x −= E
//
// Added up, as weights are, n workers' movements would be unstable beyond n ≈ 2/(1 − μᵏ). So they
// are what one process would have got of the same batches, one after another, whatever n is; in
// the same operation as the weights, and never scaled. With μᵐ = μ and θ = x₀ it is x, to the bit.
//
// The Worker makes one where its model has statistics, around its OverlappingCenter or
// ObservedCenter, and calls step(). Memory: 4 floats a statistic. Not thread-safe.
class StatisticsCenter final : public CenterVariable {
 public:
  // `center` and the memory of `statistics`, x, must outlive the object. Error(internal) unless the
  // averages are as many as the statistics, and as the center's. Without any, whoever makes it says
  // what is left of a statistic (set_kept): the relay of a node, whose statistics many have moved.
  StatisticsCenter(CenterVariable& center, std::span<float> statistics,
                   std::vector<MovingAverages> averages);

  // The layers have moved x by a batch.
  void step() { ++steps_; }

  // Instead, where there are no averages: by element, the share of x₀ that is left in x, which is
  // in the place of μᵐ until the next call. Before the first call it is 1.
  void set_kept(std::span<const float> shares);

  std::size_t size() const override { return center_.size(); }
  Commit perform(const Update& update) override;
  std::span<const Commit> further_shards() const override { return center_.further_shards(); }
  void keep(State& state) override;  // x is the worker's to keep
  void keep_own(State& state);       // the same without the center
  ControlBoard& board() override { return center_.board(); }

 private:
  void find_contribution();

  CenterVariable& center_;
  std::span<float> statistics_;  // x
  std::vector<MovingAverages> averages_;
  std::size_t steps_ = 0;              // m
  AlignedVector<float> base_;          // x₀
  AlignedVector<float> decay_;         // μᵐ
  AlignedVector<float> contribution_;  // c
  AlignedVector<float> arriving_;      // θ or E
};

}  // namespace tusk::center
