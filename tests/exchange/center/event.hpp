// SPDX-License-Identifier: Apache-2.0
// What happened to a center, one operation after the other, so that it can be checked afterwards by
// somebody who was not there. Vectors in these tests repeat four values, their lanes: enough to
// tell the operations' results apart, and whole vectors can be seen to be whole.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "tusk/center.hpp"

namespace tusk::center::testing {

inline constexpr std::size_t lanes = 4;
using Lanes = std::array<float, lanes>;

inline void spread(const Lanes& values, std::span<float> vector) {
  for (std::size_t i = 0; i < vector.size(); ++i) vector[i] = values[i % lanes];
}

inline Lanes lanes_of(std::span<const float> vector) {
  Lanes values{};
  std::copy_n(vector.begin(), std::min(lanes, vector.size()), values.begin());
  return values;
}

// Whether `vector` repeats its first values to its end.
inline bool is_whole(std::span<const float> vector) {
  for (std::size_t i = lanes; i < vector.size(); ++i) {
    if (vector[i] != vector[i % lanes]) return false;
  }
  return true;
}

enum class Operation { pull, commit, commit_and_pull, staleness, proximity, elastic };

// One operation of a worker, with what went in and what came out. `ticket` is a pull's version.
struct Event {
  int worker = 0;  // −1: a snapshot by the server
  Operation operation = Operation::pull;
  std::uint64_t ticket = 0;
  std::uint64_t staleness = 0;
  float factor = 0.0F;  // η or α
  Lanes in{};
  Lanes pulled{};
  Lanes out{};
  bool whole = true;
};

inline bool commits(const Event& event) { return event.operation != Operation::pull; }

}  // namespace tusk::center::testing
