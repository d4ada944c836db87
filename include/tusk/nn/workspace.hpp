// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <vector>

#include "tusk/core/aligned_vector.hpp"
#include "tusk/core/matrix.hpp"
#include "tusk/core/real.hpp"
#include "tusk/nn/team.hpp"

namespace tusk::nn {

// The memory that passes of one model work in, allocated once by Model::make_workspace for batches
// of up to max_batch() samples, and the threads that they work with. For one caller at a time.
class Workspace {
 public:
  Workspace(Workspace&&) = default;
  Workspace& operator=(Workspace&&) = default;

  std::size_t max_batch() const { return max_batch_; }
  bool training() const { return training_; }  // whether train_step may use it
  Team& team() const { return *team_; }

 private:
  friend class Model;
  Workspace() = default;

  // One layer's part of the memory and, during a pass, where its output is.
  struct LayerViews {
    Matrix buffer;
    Span kept;
    ConstMatrix output = {};
  };

  std::size_t max_batch_ = 0;
  bool training_ = false;
  std::unique_ptr<Team> team_;
  AlignedVector<Real> memory_;
  std::vector<LayerViews> layers_;
  Matrix predictions_;             // of a loss that takes the last activation over
  std::array<Span, 2> gradients_;  // dy and dx, in turns
};

}  // namespace tusk::nn
