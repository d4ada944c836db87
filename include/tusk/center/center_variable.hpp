// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace tusk::center {

class ControlBoard;

// What a commit was given. Tickets count commits from 0 without gaps or repetitions; the staleness
// τ is the number of commits by others between this worker's last pull and this commit.
struct Commit {
  std::uint64_t ticket = 0;
  std::uint64_t staleness = 0;
};

// How commit_scaled weighs a delta, elementwise, with the center θ and τ as they are at the commit.
struct Scaling {
  enum class Rule {
    staleness,  // θ += delta / (τ + 1)                                       (dynsgd)
    proximity,  // θ += d ⊙ delta, d = 1/((θ − x₀)²/η + 1)                     (experimental)
  };
  Rule rule = Rule::staleness;
  std::span<const float> pulled = {};  // x₀, for proximity
  float learning_rate = 0.0F;          // η, for proximity
};

// A worker's access to the center variable θ: a vector of size() floats that all workers share,
// with an update counter. One object a worker; not thread-safe. Every vector argument has size()
// elements.
//
// Under consistency `snapshot` every call is atomic as a whole vector and calls are linearizable;
// under `element` each float's addition is; under `none` nothing is but the tickets.
//
// Versions: a pull's version is the number of commits that went before it; a fused pull's is its
// ticket
// + 1. Staleness = ticket − version of the last pull.
//
// The values passed in are never changed. Throws Error(internal) when the transport fails.
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

  // θ += scaled delta; out = θ. The delta is scaled first, then added.
  virtual Commit commit_scaled(std::span<const float> delta, const Scaling& scaling,
                               std::span<float> out) = 0;

  // E = α (x − θ); θ += E; force = E. Counts as a pull, too: the version pulled becomes ticket + 1.
  virtual Commit elastic(std::span<const float> x, float alpha, std::span<float> force) = 0;

  // The small shared cells beside the center: stop request, clocks, …
  virtual ControlBoard& board() = 0;
};

}  // namespace tusk::center
