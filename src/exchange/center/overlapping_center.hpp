// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include "tusk/aligned_vector.hpp"
#include "tusk/center.hpp"

namespace tusk::center {

// A worker's center variable whose exchanges run beside its next window's steps. With
// trainer.overlap a Worker puts one between its strategy, which calls the same verbs as ever, and
// its ObservedCenter; the network calls advance() between its layers. What an exchange brings is
// given out one window later:
//
//   commit_change   d = (x − x₀) / divisor;   θ' = what the last exchange has brought;
//                   x = x₀ = θ' + d;   begins θ += d (or d/(τ + 1)), which will bring θ
//   elastic         E' = what the last exchange has brought (0 the first time);   z = x − E';
//                   begins E = α(z − θ), θ += E, which will bring E;   force = E'
//
// So the steps of a window start from a center that is one exchange old, with the worker's own last
// change added to it, as far as it is known: not divided by τ + 1. Alone with a center a worker
// gets by commit_change, to the last bit, what it would get without overlap, and by elastic the
// same z from the same steps.
//
// The staleness τ counts from the pull that the committed steps really started from, which is one
// window older than without overlap: n workers in turn have τ = 2(n − 1) instead of n − 1. Absent
// workers (Scaling) therefore count twice.
//
// Statistics by a commit: x = μᵐ θ' + c, c being what this worker's batches contributed, begins
// θ ← μᵐ θ + c. By elastic they are as the weights but for E', of which the m steps that were taken
// since it began have left μᵐ: z = x − μᵐ E', force = μᵐ E'. So z is μᵐ ((1 − α) z + α θ) + c of
// the last z and θ, in which no share is negative: a variance stays one.
//
// Commits returned are those of the exchange that a call has finished, all zero if there was none.
// Any other verb first finishes the exchange under way and drops what it has brought, then does
// what it does without overlap. Memory: 2 · 4 P bytes. Not thread-safe; the destructor is not
// collective.
class OverlappingCenter final : public CenterVariable {
 public:
  // `center` must outlive the object and not be used by others.
  explicit OverlappingCenter(CenterVariable& center);
  ~OverlappingCenter() override;
  OverlappingCenter(const OverlappingCenter&) = delete;
  OverlappingCenter& operator=(const OverlappingCenter&) = delete;

  std::size_t size() const override { return center_.size(); }
  std::size_t statistics() const override { return center_.statistics(); }
  Commit perform(const Update& update) override;
  ControlBoard& board() override { return center_.board(); }

  // Carries on the exchange under way, if there is one; to be called often. Returns whether none is
  // left to carry on.
  bool advance() override;

  // Waits for the exchange under way, if there is one: its commit is then in the center.
  Commit complete() override;

  // Only where none is under way.
  void keep(State& state) override;

 private:
  Commit commit_change_beside(const Update& change);
  Commit elastic_beside(const Update& elastic);
  void statistics_beside(const Update& update);
  void start_commit(Update update);

  CenterVariable& center_;
  AlignedVector<float> leaving_;   // what is committed
  AlignedVector<float> arriving_;  // what it brings

  // The same of the statistics.
  AlignedVector<float> decay_;
  AlignedVector<float> leaving_statistics_;
  AlignedVector<float> arriving_statistics_;

  bool under_way_ = false;  // from start() to complete()
  bool done_ = true;        // needs no more turns
  bool brought_ = false;    // arriving_ holds what has not been given out
};

}  // namespace tusk::center
