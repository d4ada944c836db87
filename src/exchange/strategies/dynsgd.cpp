// SPDX-License-Identifier: Apache-2.0
#include "exchange/strategies/downpour.hpp"
#include "exchange/strategies/rules.hpp"

namespace tusk::strategies {
namespace {

// How much a window's change is divided by: τ + 1, and with count_absent at least by as much as if
// everybody were there. While n workers commit in turn, τ + 1 is n. But the first of them to commit
// has τ = 0, and so has the last one at work when the others have ended: its whole change would go
// into a center that has got an n-th of every change before. So a worker's first commit counts each
// of the others at least once, and every commit counts those that had ended when its window began,
// which no longer commit.
class Counting {
 public:
  Counting(const DynsgdOptions& options, std::size_t workers)
      : absent_(options.count_absent), workers_(workers) {}

  Downpour::Change operator()(const Window& window, bool first) const {
    center::Scaling scaling{.rule = center::Scaling::Rule::staleness};
    if (!absent_) return {.scaling = scaling};
    scaling.absent = window.ended;
    scaling.least = first ? workers_ : 1;
    return {.scaling = scaling};
  }

 private:
  bool absent_;
  std::size_t workers_;
};

}  // namespace

// θ += (x − x₀)/(τ + 1), τ the commits by others since the pull, known exactly at the commit. Jiang
// et al., "Heterogeneity-aware distributed parameter servers", SIGMOD 2017; the workers that are
// absent (above) are not in the paper.
std::unique_ptr<Strategy> make(const DynsgdOptions& options, const Surroundings& with) {
  return std::make_unique<Downpour>(with, options.communication_window, whole_delta,
                                    Counting(options, with.workers));
}

}  // namespace tusk::strategies
