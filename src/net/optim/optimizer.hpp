// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "core/aligned_vector.hpp"
#include "experiment/optimizer_options.hpp"

namespace tusk::optim {

// A vector of an optimizer's memory, for checkpoints.
struct StateArray {
  const char* name;         // as Keras calls it: "momentum", "velocity", "accumulator", …
  std::span<float> values;  // one number a parameter, but for Nadam's "u_product", which is one
};

// What puts the weights ahead of the position that they would have without it, with Nesterov's
// momentum: weights = position + momentum · velocity.
struct Lookahead {
  std::span<const float> velocity = {};  // one number a parameter, as of the last step; or empty
  double momentum = 0.0;
};

// What turns gradients into a step of the weights, with Keras 3's formulas. One object a worker.
// Weights, gradients and each piece of state are flat vectors of size() floats; 64-byte alignment
// makes it fast. A step is one sweep over them (two where a norm has to be known first) and
// allocates nothing.
class Optimizer {
 public:
  virtual ~Optimizer() = default;

  // In this order: clips the gradients (in place), decays the weights by x −= x · weight_decay · η,
  // updates them.
  void step(std::span<float> weights, std::span<float> gradients);

  // A step in parts, as their gradients become known: begin_step, then step_part once for each of
  // the elements, in any order and on any threads. Does what step does. Not where a norm clips the
  // gradients: that has to know them all.
  bool steps_in_parts() const { return !clipnorm_ && !global_clipnorm_; }
  void begin_step() { prepare(++iterations_); }
  void step_part(std::size_t offset, std::span<float> weights, std::span<float> gradients) {
    step_range(offset, weights, gradients, 1.0F);
  }

  std::size_t size() const { return size_; }

  // η, read at every step: schedules and a scale from the server set it.
  double learning_rate() const { return learning_rate_; }
  void set_learning_rate(double learning_rate) { learning_rate_ = learning_rate; }

  // Steps done since the start, or the last reset. With state() it is all that a step depends on.
  std::uint64_t iterations() const { return iterations_; }
  void set_iterations(std::uint64_t iterations) { iterations_ = iterations; }

  // Views of the memory, always of the same names and sizes in the same order; writing to them
  // restores a checkpoint. SGD's velocity is "momentum".
  std::vector<StateArray> state();

  // For rules that have to know the position; empty for an optimizer whose weights are at it.
  virtual Lookahead lookahead() const { return {}; }

  // Forgets everything but the learning rate.
  void reset();

 protected:
  // Reads the common options; array_sizes are the sizes of the parameter arrays, in order.
  Optimizer(const OptimizerOptions& options, std::span<const std::size_t> array_sizes);

  // A part of the vectors, from element `offset`.
  struct Part {
    std::size_t offset;
    std::span<float> weights;
    std::span<const float> gradients;
  };

  // For constructors: a piece of state of `count` numbers, all `initial` at the start.
  std::span<float> add_state(const char* name, std::size_t count, float initial = 0.0F);

  // The scalars of step number t = 1, 2, …. Called once a step, before update.
  virtual void prepare(std::uint64_t) {}
  // The update rule. Called for parts that fit into the first-level cache, together all of the
  // vectors, and by several threads at once: it changes nothing but the part's weights and state.
  virtual void update(const Part& part) = 0;

 private:
  void step_range(std::size_t offset, std::span<float> weights, std::span<float> gradients,
                  float scale);

  struct State {
    const char* name;
    float initial;
    AlignedVector<float> values;
  };

  double learning_rate_;
  double weight_decay_;
  std::optional<double> clipnorm_;
  std::optional<double> global_clipnorm_;
  std::optional<double> clipvalue_;
  std::vector<std::size_t> array_sizes_;
  std::size_t size_;
  std::uint64_t iterations_ = 0;
  std::vector<State> state_;
};

// The optimizer that the options describe, for parameters in arrays of these sizes (clipnorm looks
// at each array by itself). Error(bad_experiment), naming the key, for values out of range and for
// more than one way of clipping.
std::unique_ptr<Optimizer> make_optimizer(const OptimizerOptions& options,
                                          std::span<const std::size_t> array_sizes);

}  // namespace tusk::optim
