// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace tusk::center {

// One operation on the center θ, element by element: what the verbs of CenterVariable become, what
// transports perform, and what goes through the centers that are wrapped around them. `in`,
// `pulled` and `out` are vectors of the center's size, null where the kind has none; `out` may be
// one of the others.
//
//   kind              θ += increment                        out
//   pull              –                                     θ
//   commit            in                                    –
//   commit_and_pull   in                                    θ
//   staleness         in / factor, factor = weight(τ)       θ
//   proximity         in · 1/((θ − pulled)²/factor + 1)     θ        factor = η
//   elastic           factor (in − θ)                       the increment, factor = α
//   momentum          in; if its ticket + 1 is a multiple of `every`, then moreover
//                     v ← momentum · v + factor (θ − kept); θ += learning_rate · momentum · v;
//                     kept = θ                              θ
//
// Behind the weights, which all of this is about, θ may have statistics: see Statistics.
struct Update {
  enum class Kind : std::uint32_t {
    pull,
    commit,
    commit_and_pull,
    staleness,
    proximity,
    elastic,
    momentum,
  };
  Kind kind = Kind::pull;
  float factor = 1.0F;
  std::uint64_t version = 0;  // which the staleness counts from; filled in by CenterWorker
  std::uint64_t absent = 0;   // see Scaling
  std::uint64_t least = 1;
  std::uint64_t every = 1;  // see OuterMomentum
  float momentum = 0.0F;
  float learning_rate = 1.0F;
  const float* in = nullptr;
  const float* pulled = nullptr;
  float* out = nullptr;

  // v and θ_kept, which lie beside θ: put here by the transport.
  float* velocity = nullptr;
  float* kept = nullptr;

  // With a base, what is committed is (in − base) / divisor, and the result goes to the base as
  // well as to `out`, which is `in`'s memory. For commit_and_pull, staleness, proximity, momentum.
  // Transports get it only if they say that they sweep changes.
  float* base = nullptr;
  float divisor = 1.0F;

  // What becomes of the moving statistics. They are averages, which no rule adds up: a commit of
  // any kind makes of them what one process would have made of the same batches.
  //
  //   pull       –                      out = θ
  //   commits    θ ← decay · θ + in     out = θ, but for `commit`, which has no `out`
  //   elastic    θ += factor (in − θ)   out = the increment
  //
  // `decay` is μᵐ, by element; `in` for a commit x − μᵐ x₀, the share of this worker's batches.
  // `base` is x₀ and, for elastic, `decay`: for what runs beside the steps. `out` may be what `in`
  // was computed from.
  struct Statistics {
    const float* decay = nullptr;
    const float* in = nullptr;
    float* out = nullptr;
    const float* base = nullptr;
  };
  Statistics statistics = {};

  bool has_statistics() const { return statistics.in != nullptr || statistics.out != nullptr; }
  bool commits() const { return kind != Kind::pull; }

  // Whether what it adds is computed from θ.
  bool depends_on_center() const { return kind == Kind::proximity || kind == Kind::elastic; }

  // The same update of the part of the weights that begins at element `first`.
  Update from(std::size_t first) const {
    const auto shift = [=](auto* vector) { return vector == nullptr ? nullptr : vector + first; };
    Update part = *this;
    part.in = shift(in);
    part.pulled = shift(pulled);
    part.out = shift(out);
    part.base = shift(base);
    return part;
  }

  // What a commit of this staleness is divided by on its account.
  std::uint64_t weight(std::uint64_t staleness) const {
    return kind == Kind::staleness ? std::max(least, staleness + absent + 1) : 1;
  }

  // A transport calls it before it applies a commit: staleness weighs by the ticket that the commit
  // was given, and all but the D-th commits of a momentum are only added.
  void take_ticket(std::uint64_t ticket) {
    if (kind == Kind::staleness) factor = static_cast<float>(weight(ticket - version));
    if (kind == Kind::momentum && (ticket + 1) % every != 0) kind = Kind::commit_and_pull;
  }
};

// What a transport returns for an update that it has done.
struct Receipt {
  std::uint64_t ticket = 0;  // for a pull the version
};

// Does the update to the elements first, …, last − 1 of the weights. `center` is the whole θ.
void apply(const Update& update, float* center, std::size_t first, std::size_t last);

// Does the update to the `count` statistics of θ. `kept`, by element, is multiplied with the share
// of the statistic that is left of what it was; null: nobody asks.
void apply_to_statistics(const Update& update, float* statistics, std::size_t count,
                         float* kept = nullptr);

// Does what apply() does, in a race with other processes or threads (consistency `none`). It is
// never inlined, and the thread sanitizer overlooks it.
void apply_racing(const Update& update, float* center, std::size_t first, std::size_t last);
void apply_racing_to_statistics(const Update& update, float* statistics, std::size_t count);

// For `rma`, whose additions are done in rank 0's memory by MPI: `center`, a private copy of θ,
// becomes the increments to be sent there.
void turn_into_increments(const Update& update, float* center, std::size_t size);

}  // namespace tusk::center
