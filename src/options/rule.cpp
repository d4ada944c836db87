// SPDX-License-Identifier: Apache-2.0
#include "tusk/options/rule.hpp"

#include <fmt/format.h>

#include <cmath>

namespace tusk::options {

std::string in_words(const Interval& interval) {
  const bool has_min = std::isfinite(interval.min);
  const bool has_max = std::isfinite(interval.max);
  if (has_min && has_max && interval.with_min && interval.with_max) {
    return fmt::format("between {} and {}", interval.min, interval.max);
  }
  std::string text;
  if (has_min) text = fmt::format("{} {}", interval.with_min ? "at least" : "above", interval.min);
  if (has_max) {
    if (has_min) text += " and ";
    text += fmt::format("{} {}", interval.with_max ? "at most" : "below", interval.max);
  }
  return text.empty() ? "finite" : text;
}

}  // namespace tusk::options
