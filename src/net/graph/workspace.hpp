// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <vector>

#include "net/graph/pass_plan.hpp"
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
  bool training() const { return training_; }          // whether train_step may use it
  std::size_t size() const { return memory_.size(); }  // of its memory, in numbers
  kernels::Team& team() const { return *team_; }

 private:
  friend class Model;
  Workspace() = default;

  // What a node is given: views into the memory, as wide as the batch of the pass.
  struct NodeViews {
    std::vector<ConstMatrix> inputs = {};
    std::vector<Matrix> outputs = {};
    Matrix kept = {};  // as wide as max_batch()
    Span kept_of_batch = {};
    layers::Scratch scratch = {};

    // For backward: without data what it does not read.
    bool reads_inputs = true;
    bool reads_outputs = true;
    std::vector<ConstMatrix> inputs_read = {};
    std::vector<ConstMatrix> outputs_read = {};
    std::vector<Matrix> output_gradients = {};
    std::vector<Matrix> input_gradients = {};
  };

  // The parts of a pass in one mode. The modes share the memory.
  struct PassViews {
    PassPlan plan;
    std::vector<Matrix> buffers;      // of values, as wide as max_batch(); an input has none
    std::vector<ConstMatrix> values;  // in the pass that goes on, or was the last
    std::vector<NodeViews> nodes;
    std::vector<std::size_t> calls_to_go;  // by layer, in backpropagation
    std::vector<ConstMatrix> outputs;      // of the model
    std::vector<ConstMatrix>
        predictions;  // those, with the last activation if a loss takes it over
  };

  PassViews& pass(layers::Mode mode) { return passes_[static_cast<std::size_t>(mode)]; }
  Span part(const PassPlan& plan, std::size_t index, std::size_t count) {
    return Span(memory_).subspan(plan.memory.offset(index), count);
  }

  std::size_t max_batch_ = 0;
  bool training_ = false;
  std::unique_ptr<kernels::Team> team_;
  AlignedVector<Real> memory_;
  std::array<PassViews, 2> passes_;  // by mode; in a workspace for inference only that one's
};

}  // namespace tusk::graph
