// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "tusk/state.hpp"

namespace tusk::coordinator {

// Whether a larger score is a better one: true for accuracy, false for all others.
bool larger_is_better(std::string_view score);

// Watches a score, for the callbacks that wait for it, for epochs without improvement, which is a
// change for the better by more than `min_delta` over the best so far.
class Plateau {
 public:
  Plateau(bool larger_is_better, double min_delta, std::size_t patience)
      : sign_(larger_is_better ? -1.0 : 1.0), min_delta_(min_delta), patience_(patience) {}

  // The next epoch's score. Returns whether it is an improvement, which one that is NaN or
  // infinite never is.
  bool add(double score);

  // Whether there has been none for `patience` epochs (at least one).
  bool reached() const { return waited_ > 0 && waited_ >= patience_; }
  void restart() { waited_ = 0; }
  std::size_t waited() const { return waited_; }

  void keep(State& state) {
    state("best", best_);
    state("waited", waited_);
  }

 private:
  double sign_;
  double min_delta_;
  std::size_t patience_;
  std::optional<double> best_;
  std::size_t waited_ = 0;
};

}  // namespace tusk::coordinator
