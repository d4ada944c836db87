// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "tusk/aligned_vector.hpp"
#include "tusk/state.hpp"

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

// What all optimizers have in common: for which parameters, and what is done beside the rule.
struct CommonOptions {
  std::span<const std::size_t> array_sizes;    // of the parameter arrays, in order, in floats
  double learning_rate = 0.01;                 // η
  double weight_decay = 0.0;                   // x −= x · weight_decay · η, before the update
  std::optional<double> clipnorm = {};         // the most that an array's gradient has as 2-norm
  std::optional<double> global_clipnorm = {};  // the most for all gradients together
  std::optional<double> clipvalue = {};        // the most for a number's absolute value
};

// What turns gradients into a step of the weights. The worker's loop calls it, one object a worker.
// Weights, gradients and each piece of state are flat vectors of size() floats; 64-byte alignment
// makes it fast. A step is one sweep over them (two where a norm has to be known first) and
// allocates nothing.
//
// An update rule is a class that derives from this one and overrides update, and prepare if
// something changes from step to step. SGD with momentum, as a whole:
//
//   class Momentum final : public Optimizer {
//    public:
//     Momentum(const CommonOptions& common, float momentum)
//         : Optimizer(common), momentum_(momentum), velocity_(add_state("momentum", size())) {}
//
//    private:
//     void update(const Part& part) override {
//       const auto rule = [rate = rate(), momentum = momentum_](float& x, float g, float& v) {
//         v = momentum * v - rate * g;
//         x += v;
//       };
//       sweep(part, rule, velocity_);
//     }
//
//     float momentum_;
//     std::span<float> velocity_;
//   };
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

  // What a checkpoint keeps: the iterations, the learning rate and every piece of state. A rule
  // that remembers more overrides it, and calls this one first.
  virtual void keep(State& state);

 protected:
  explicit Optimizer(const CommonOptions& common);

  // A part of the vectors, from element `offset`.
  struct Part {
    std::size_t offset;
    std::span<float> weights;
    std::span<const float> gradients;
  };

  // For constructors: a piece of state of `count` numbers, all `initial` at the start. It is kept
  // with the run and given back by state(); the span is good as long as the optimizer.
  std::span<float> add_state(const char* name, std::size_t count, float initial = 0.0F);

  float rate() const { return static_cast<float>(learning_rate_); }  // η as rules use it

  // The scalars of step number t = 1, 2, …. Called once a step, before update.
  virtual void prepare(std::uint64_t) {}
  // The update rule. Called for parts that fit into the first-level cache, together all of the
  // vectors, and by several threads at once: it changes nothing but the part's weights and state.
  virtual void update(const Part& part) = 0;

  // For update: rule(x, g, s…) for every element of the part, that is for a weight, its gradient,
  // and its element of each piece of state. They do not overlap, so the loop vectorizes.
  template <typename Rule, typename... Pieces>
  static void sweep(const Part& part, Rule rule, Pieces... pieces) {
    const std::size_t count = part.weights.size();
    const auto loop = [count, rule](float* x, const float* g, auto*... s) {
#pragma GCC ivdep
      for (std::size_t i = 0; i < count; ++i) rule(x[i], g[i], s[i]...);
    };
    loop(part.weights.data(), part.gradients.data(), (pieces.data() + part.offset)...);
  }

 private:
  void step_range(std::size_t offset, std::span<float> weights, std::span<float> gradients,
                  float scale);

  struct Memory {
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
  std::vector<Memory> state_;
};

}  // namespace tusk::optim
