// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "tusk/state.hpp"

namespace tusk::records {

// The commits' staleness: mean, maximum and distribution.
struct Staleness {
  static constexpr std::size_t bins = 256;

  std::uint64_t commits = 0;
  std::uint64_t sum = 0;
  std::uint64_t max = 0;
  // How many commits had staleness 0, 1, …; the last of `bins` is for all beyond it, too.
  std::vector<std::uint64_t> counts;

  void add(std::uint64_t staleness);
  Staleness& operator+=(const Staleness& other);
  double mean() const;
  void keep(State& state);
};

}  // namespace tusk::records
