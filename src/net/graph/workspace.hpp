// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <vector>

#include "tusk/aligned_vector.hpp"
#include "tusk/layer.hpp"
#include "tusk/matrix.hpp"
#include "tusk/real.hpp"
#include "tusk/team.hpp"

namespace tusk::graph {

// The memory that passes of one model work in, allocated once by Model::make_workspace for batches
// of up to max_batch() samples, and the threads that they work with. For one caller at a time.
class Workspace {
 public:
  Workspace(Workspace&&) = default;
  Workspace& operator=(Workspace&&) = default;

  std::size_t max_batch() const { return max_batch_; }
  bool training() const { return training_; }  // whether train_step may use it
  kernels::Team& team() const { return *team_; }

 private:
  friend class Model;
  Workspace() = default;

  // What a layer works in, in one mode; the modes share the memory.
  struct Room {
    bool is_view = false;  // the output is the input, and there is nothing to compute
    Matrix kept = {};
    Span kept_of_batch = {};
    layers::Scratch scratch = {};
  };

  // One layer's part of the memory and, during a pass, its input and output.
  struct LayerViews {
    std::array<Room, 2> rooms = {};  // by mode; in a workspace for inference only that one's
    layers::InputGradient gradient = layers::InputGradient::made;
    Matrix buffer = {};
    ConstMatrix input = {};
    ConstMatrix output = {};

    const Room& room(layers::Mode mode) const { return rooms[static_cast<std::size_t>(mode)]; }
  };

  std::size_t max_batch_ = 0;
  bool training_ = false;
  std::unique_ptr<kernels::Team> team_;
  AlignedVector<Real> memory_;
  std::vector<LayerViews> layers_;
  Matrix predictions_;             // of a loss that takes the last activation over
  std::array<Span, 2> gradients_;  // dy and dx, in turns
};

}  // namespace tusk::graph
