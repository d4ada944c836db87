// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

#include "tusk/state.hpp"

namespace tusk::center {
class CenterVariable;
class Peers;
}  // namespace tusk::center

namespace tusk::strategies {

// What a strategy may be given to work with; it takes what its rule needs. All must outlive it.
struct Surroundings {
  center::CenterVariable* center = nullptr;  // parameter_server
  center::Peers* peers = nullptr;            // peers
  std::size_t workers = 1;                   // n
  double learning_rate = 0.0;                // η of the worker's optimizer
  std::span<const float> velocity = {};      // v of its Nesterov momentum, one a parameter, or none
  double momentum = 0.0;                     // δ
  bool separate_pull = false;  // commit at a window's end, pull at the next one's start
  bool overlap = false;        // what an exchange brings is given out one window late

  // The worker's moving statistics, for a rule without a center that exchanges them by itself
  // (Strategy::exchanges_statistics). The layers have moved them before on_gradients.
  std::span<float> statistics = {};
};

// What is known of a run before it starts, for what a rule may say of it then: its check(), which
// throws Error(bad_experiment) where the rule cannot work, and, among Tusk's own, its warn().
struct RuleSetting {
  std::size_t workers = 1;     // n
  double learning_rate = 0.0;  // η of the optimizer, as the experiment has it
};

// The steps between two exchanges, as they were: the last window of a shard is short.
struct Window {
  std::size_t steps = 0;
  std::uint64_t samples = 0;
  std::size_t ended = 0;  // workers that had ended when it began
};

// A distributed optimization algorithm, as seen from one worker: what happens to the worker's
// weights x around its own optimizer's steps. The worker's loop calls
//
//   on_start(x)                       once, before the first step
//   on_pass_start(batches)            before every pass over a shard
//     on_window_start(x)              before the first step of a window
//       on_gradients(x, g, samples)   the gradients g at x are known; before the optimizer's step;
//                                     not if needs_gradients() said no
//       on_step(x)                    after the optimizer's step on x
//     on_window_end(x, window)        after communication_window() steps or the pass's last
//   on_finish(x)                      once, after the last window
//
// A run that goes on from a checkpoint does not call on_start again: it reads what keep() has
// written, and goes on before a window. Rules among peers exchange in the same windows on every
// worker.
//
// All spans have one element a weight that is trained: frozen ones are nobody's concern, and moving
// statistics, as batch normalization has, are seen to without the strategy. Its CenterVariable
// exchanges them along with whatever it is asked to; where workers meet, they are averaged over
// them at the end of every window, by samples. A strategy keeps what it needs between calls and
// nothing else; whatever it exchanges goes through the CenterVariable or the Peers given to it.
// With a center, it has to have committed, by any of the verbs, after its last step, at the latest
// in on_finish(): a run whose work did not all get there ends with Error(internal).
class Strategy {
 public:
  virtual ~Strategy() = default;

  // Steps between two exchanges, at least 1.
  virtual std::size_t communication_window() const = 0;

  virtual void on_start(std::span<float> weights) = 0;

  // The number of steps of a pass over `batches` mini-batches. A synchronous rule answers with the
  // largest number that any worker has: a worker whose batches have run out goes through the
  // remaining steps without one (g = 0, samples = 0, no optimizer's step unless
  // shares_gradients()).
  virtual std::size_t on_pass_start(std::size_t batches) { return batches; }

  // Whether on_gradients puts the workers' common gradient into g: all replicas take every step.
  virtual bool shares_gradients() const { return false; }

  // Whether the next step is to call on_gradients. Without, the weights are updated part by part as
  // their gradients come to be known, which is faster.
  virtual bool needs_gradients() const { return shares_gradients(); }

  virtual void on_window_start(std::span<float> /*weights*/) {}
  virtual void on_gradients(std::span<const float> /*weights*/, std::span<float> /*gradients*/,
                            std::size_t /*samples*/) {}
  virtual void on_step(std::span<float> /*weights*/) {}
  virtual void on_window_end(std::span<float> weights, const Window& window) = 0;
  virtual void on_finish(std::span<float> /*weights*/) {}

  // What a checkpoint keeps of the strategy, at the start of a window: what it remembers of the
  // windows before. Reading, it sizes its vectors, too. A rule that remembers nothing has an empty
  // one; without one the run has no checkpoints.
  virtual void keep(State& state) {
    state.cannot("this trainer's rule does not say what it must remember (Strategy::keep)");
  }

  // out = the model, for rules without a center: what rank 0 validates at the end of a pass and
  // saves at the end of the run. The worker's own weights unless the rule keeps a common vector
  // beside them.
  virtual void model(std::span<const float> weights, std::span<float> out) const {
    std::ranges::copy(weights, out.begin());
  }

  // Whether a rule without a center exchanges Surroundings::statistics by itself, with the weights.
  virtual bool exchanges_statistics() const { return false; }

  // out = the model's statistics: the worker's own, unless the rule keeps common ones.
  virtual void model_statistics(std::span<const float> own, std::span<float> out) const {
    std::ranges::copy(own, out.begin());
  }
};

}  // namespace tusk::strategies
