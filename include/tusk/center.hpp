// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "tusk/state.hpp"

namespace tusk::center {

class ControlBoard;
struct Update;

// What a commit was given. Tickets count all workers' commits from 0 without gaps or repetitions.
// The staleness τ is the number of commits by others between this worker's last pull and this
// commit.
struct Commit {
  std::uint64_t ticket = 0;
  std::uint64_t staleness = 0;
};

// How a change is weighed, elementwise, with the center θ and τ as they are at the commit.
struct Scaling {
  enum class Rule {
    staleness,  // θ += change / max(least, τ + absent + 1)                   (dynsgd)
    proximity,  // θ += change · 1/((θ − x₀)²/η + 1)                          (experimental)
  };
  Rule rule = Rule::staleness;
  float learning_rate = 1.0F;  // η, for proximity
  std::uint64_t absent = 0;    // for staleness: workers that cannot commit, but are to count
  std::uint64_t least = 1;
};

// A momentum that all workers share and the center keeps: beside θ, which commits are added to, a
// velocity v, 0 at first, and θ as the last step of the momentum has left it, at first as it began.
// The commit whose ticket + 1 is a multiple of `every` = D is added, and then, in the same
// operation,
//
//   v ← μv + mean (θ − θ_kept);   θ += γμv;   θ_kept = θ
//
// With `mean` = n/(γD), for commits of γ/n times a worker's change, that is the mean of the last D
// changes. For centers that keep it (RuleTraits::center_momentum); any other is Error(internal).
struct OuterMomentum {
  std::uint64_t every = 1;     // D
  float momentum = 0.0F;       // μ
  float learning_rate = 1.0F;  // γ
  float mean = 1.0F;
};

// A worker's access to the center variable θ: a vector of size() weights that all workers share. A
// strategy calls its verbs at the ends of its windows; each is one exchange, and the time that it
// takes is the strategy's cost.
//
//   pull             fetches the center
//   commit           adds to it
//   commit_and_pull  both at once
//   commit_change    adds what a window's steps have done to the weights, and goes on from there
//   elastic          pulls the center towards the weights, and says how far
//
// One object a worker; not thread-safe, and under MPI for the main thread. Nothing is collective
// but the destructor. Every vector argument has size() elements, else Error(internal), as is thrown
// when the transport fails. What is passed in is changed only where the signature allows it.
//
// What others see: under consistency `snapshot` every verb is atomic as a whole vector, and verbs
// are linearizable; under `element` each float's addition is atomic, and verbs that add something
// computed from θ (elastic, proximity) are so with respect to each other; under `none` nothing is
// but the tickets. Where the center is spread over several servers this holds for each server's
// shard, and what is returned is shard 0's: a pull may see one shard with another worker's commit
// and the next without it.
//
// Staleness counts from the last pull. Every verb that brings θ, or something computed from it, is
// a pull, too: commit_and_pull, commit_change, elastic.
//
// Where the network has moving statistics, as batch normalization has, every verb moves those, too,
// and a strategy has nothing to do with them: it never sees them. A commit of whatever delta,
// scaled or not, makes of the center's what this worker's batches since its last commit would have
// made of them in one process: θ ← μᵐ θ + (x − μᵐ x₀), with m the steps. elastic() moves them as it
// moves weights; pull() brings them.
//
// Bytes moved, with P = size(): pull and commit 4 P, the others 8 P; weighing by proximity 12 P
// where the center is not in this node's memory.
class CenterVariable {
 public:
  virtual ~CenterVariable() = default;

  virtual std::size_t size() const = 0;

  // out = θ. Returns the version pulled: the number of commits before it. (On `rma` a pull may
  // miss parts of commits that its version counts.)
  std::uint64_t pull(std::span<float> out);

  // θ += delta.
  Commit commit(std::span<const float> delta);

  // θ += delta; out = θ, as one operation. `out` may be `delta`'s memory. No rule of Tusk's own
  // needs it: it is for rules whose delta is not a change divided by a number, and the self-test
  // and the benchmarks measure with it what all other verbs are made of.
  Commit commit_and_pull(std::span<const float> delta, std::span<float> out);

  // For the rules that send what a window did to the weights x since the pull x₀ = `pulled`:
  //
  //   θ += (x − x₀) / divisor, added as it is or weighed;   x = x₀ = θ
  //
  // The change is divided first, then weighed, then added. A center in this node's memory does it
  // in one sweep, the others in several, with the same result to the bit.
  struct Change {
    float divisor = 1.0F;
    std::optional<Scaling> scaling = {};         // none: added as it is
    std::optional<OuterMomentum> momentum = {};  // not together with scaling
  };
  Commit commit_change(std::span<float> x, std::span<float> pulled, const Change& change);

  // E = α (x − θ); θ += E; force = E. `force` may be `x`'s memory.
  Commit elastic(std::span<const float> x, float alpha, std::span<float> force);

  // The rest is not for strategies. What the verbs are made of, one operation on an Update
  // (update.hpp), for transports and for what is wrapped around them: a pull's Commit has its
  // version as the ticket.
  virtual Commit perform(const Update& update) = 0;

  // What shards 1, 2, … of a center that is spread over several servers have given the operation
  // that perform() or complete() has done last: tickets and staleness of their own. Otherwise none.
  virtual std::span<const Commit> further_shards() const { return {}; }

  // How many statistics θ has behind its weights, which an Update has to bring or take.
  virtual std::size_t statistics() const { return 0; }

  // One operation beside other work: one commit at a time, never by proximity, with an outer
  // momentum or with a base.
  // start() takes note of it; the first advance() sends it, and every advance() carries it on and
  // returns whether it is done; complete() waits for its end. From start() to complete() the
  // vectors must stay untouched, `out` must not be `in`, and nothing else may be called but the
  // board, whose calls may complete the update first once it has been sent.
  //
  // Its staleness counts from the last pull that had come when the update before it was started:
  // what arrives is used from the start() after it, and the steps that begin there are committed
  // with the next but one. Error(internal) where a center cannot do it.
  virtual void start(const Update& update);
  virtual bool advance();
  virtual Commit complete();

  // What a checkpoint keeps of this worker's access, not of θ; between two operations.
  virtual void keep(State& state) {
    state.cannot("the access to the center does not say what it must remember");
  }

  // The small shared cells beside the center: stop request, clocks, …
  virtual ControlBoard& board() = 0;
};

}  // namespace tusk::center
