// SPDX-License-Identifier: Apache-2.0
#include "run/coordinator/plateau.hpp"

#include <cmath>

namespace tusk::coordinator {

bool larger_is_better(std::string_view score) { return score.ends_with("accuracy"); }

bool Plateau::add(double score) {
  if (std::isfinite(score) && (!best_ || sign_ * score + min_delta_ < sign_ * *best_)) {
    best_ = score;
    waited_ = 0;
    return true;
  }
  ++waited_;
  return false;
}

}  // namespace tusk::coordinator
