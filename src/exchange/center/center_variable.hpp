// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace tusk::center {

class ControlBoard;

// What a commit was given. Tickets count commits from 0 without gaps or repetitions. The staleness
// τ is the number of commits by others between this worker's last pull and this commit. The delay
// is those of them that came between reading θ and adding to it, in the operations that add
// something computed from θ (elastic, proximity): 0 where an operation is atomic, that is but on
// `rma`.
struct Commit {
  std::uint64_t ticket = 0;
  std::uint64_t staleness = 0;
  std::uint64_t delay = 0;
};

// How commit_scaled weighs a delta, elementwise, with the center θ and τ as they are at the commit.
struct Scaling {
  enum class Rule {
    staleness,  // θ += delta / (τ + 1)                                       (dynsgd)
    proximity,  // θ += d ⊙ delta, d = 1/((θ − x₀)²/η + 1)                     (experimental)
  };
  Rule rule = Rule::staleness;
  std::span<const float> pulled = {};  // x₀, for proximity
  float learning_rate = 1.0F;          // η, for proximity
};

// A worker's access to the center variable θ: a vector of size() floats that all workers share,
// with an update counter. One object a worker; not thread-safe, and under MPI for the main thread.
// Every vector argument has size() elements. Nothing here is collective but the destructor.
//
// Under consistency `snapshot` every call is atomic as a whole vector and calls are linearizable;
// under `element` each float's addition is; under `none` nothing is but the tickets.
//
// Versions: ticket t is the update counter before the commit's increment. A pull's version is the
// number of commits before it, that of a fused pull (any operation that reads θ as it commits) is
// its ticket + 1. Staleness = ticket − version of the last pull − own commits since. On `rma` a
// commit takes its ticket before it adds, so that a pull may miss parts of commits that its version
// counts.
//
// Where the center is spread over several servers, all of this holds within each one's shard, and
// what is returned is shard 0's: a pull may see one shard with a commit of another worker and the
// next without it.
//
// Bytes moved, with P = size(): pull, commit 4 P; the others 8 P; proximity 12 P on `rma`, which
// reads θ before, and on `message`, which sends x₀ too.
//
// The values passed in are never changed unless they are `out`. Throws Error(internal) when the
// transport fails.
class CenterVariable {
 public:
  virtual ~CenterVariable() = default;

  virtual std::size_t size() const = 0;

  // out = θ. Returns the version pulled.
  virtual std::uint64_t pull(std::span<float> out) = 0;

  // θ += delta.
  virtual Commit commit(std::span<const float> delta) = 0;

  // θ += delta; out = θ, as one operation under `snapshot`. `out` may be `delta`'s memory.
  virtual Commit commit_and_pull(std::span<const float> delta, std::span<float> out) = 0;

  // θ += scaled delta; out = θ. The delta is scaled first, then added. `out` may be `delta`'s
  // memory or `scaling.pulled`'s.
  virtual Commit commit_scaled(std::span<const float> delta, const Scaling& scaling,
                               std::span<float> out) = 0;

  // The exchange of the rules that send what a window did to the weights x since the pull x₀:
  // θ += (x − x₀) / divisor, added as it is or, with a rule, scaled as commit_scaled does (its
  // `pulled` is x₀); x = x₀ = θ. To the bit what the calls one by one do; a center in this node's
  // memory does it in one sweep.
  struct Change {
    float divisor = 1.0F;
    std::optional<Scaling> scaling = {};  // `pulled` is not read
  };
  virtual Commit commit_change(std::span<float> x, std::span<float> pulled, const Change& change);

  // E = α (x − θ); θ += E; force = E. `force` may be `x`'s memory. Counts as a pull, too: the
  // version pulled becomes ticket + 1.
  virtual Commit elastic(std::span<const float> x, float alpha, std::span<float> force) = 0;

  // One exchange at a time beside other work: begin() takes note of it, the first advance() sends
  // it on its way and all give it a turn, finish() waits for its end. From begin() to finish() the
  // vectors must stay untouched and nothing else be called but the board, whose calls may complete
  // the exchange first once it is on its way. Its staleness counts from the last pull that had come
  // when the exchange before it began: what arrives is taken over with the begin() after it, and
  // the steps that start from there are committed with the next but one.
  struct Exchange {
    std::span<const float> in;            // the delta; x if elastic
    std::span<float> out;                 // θ; the force if elastic. Not `in`'s memory
    std::optional<Scaling> scaling = {};  // by staleness: commit_scaled, not commit_and_pull
    std::optional<float> alpha = {};      // elastic
  };
  virtual void begin(const Exchange& exchange);
  virtual bool advance();  // whether it is done
  virtual Commit finish();

  // The small shared cells beside the center: stop request, clocks, …
  virtual ControlBoard& board() = 0;
};

}  // namespace tusk::center
