// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <limits>
#include <string>

namespace tusk::options {

// An interval of the real line, with or without its ends.
struct Interval {
  double min = -std::numeric_limits<double>::infinity();
  double max = std::numeric_limits<double>::infinity();
  bool with_min = true;
  bool with_max = true;

  bool contains(double value) const {
    return (with_min ? value >= min : value > min) && (with_max ? value <= max : value < max);
  }
};

enum class Text {
  name,       // of something in a file
  path,       // of a file; written absolute
  file_name,  // one component of a path
  interval,   // "15m", "500 steps", "2 epochs", "never"
  duration,   // "90s", "15m", "never"
  time,       // "2s", "15m"
  thinning,   // "auto", "all", "every:100", "none"
};

// "between 0 and 1", "at least 0 and below 1", "above 0", "finite": completes "it must be …".
std::string in_words(const Interval& interval);

// What is asked of a key beyond its type.
struct Rule {
  Interval interval = {};     // of a number
  Text text = Text::name;     // of a string
  bool required = false;      // the key must be there, and an array must not be empty
  std::string obstacle = {};  // why the key may not be given here; empty: it may

  // The same rule for a key that may be given under a condition only. `otherwise` completes the
  // sentence "key 'model.huber_delta' …".
  Rule only_when(bool condition, const std::string& otherwise) const {
    Rule rule = *this;
    if (!condition) rule.obstacle = otherwise;
    return rule;
  }
};

inline Rule any() { return {}; }
inline Rule path() { return {.text = Text::path}; }
inline Rule file_name() { return {.text = Text::file_name}; }
inline Rule interval() { return {.text = Text::interval}; }
inline Rule duration() { return {.text = Text::duration}; }
inline Rule thinning() { return {.text = Text::thinning}; }

inline Rule at_least(double min) { return {.interval = {.min = min}}; }
inline Rule above(double min) { return {.interval = {.min = min, .with_min = false}}; }
inline Rule between(double min, double max) { return {.interval = {.min = min, .max = max}}; }
// [min, max)
inline Rule from_below(double min, double max) {
  return {.interval = {.min = min, .max = max, .with_max = false}};
}
// (min, max)
inline Rule inside(double min, double max) {
  return {.interval = {.min = min, .max = max, .with_min = false, .with_max = false}};
}
// A number of things. The upper end keeps the product of any two within 64 bits.
inline Rule count() { return between(1, std::numeric_limits<std::int32_t>::max()); }

// An axis, or a place in a list, that may be counted from the end: −1 is the last.
inline Rule signed_index() {
  return between(std::numeric_limits<std::int32_t>::min(),
                 std::numeric_limits<std::int32_t>::max());
}

inline Rule required(Rule rule = {}) {
  rule.required = true;
  return rule;
}

}  // namespace tusk::options
