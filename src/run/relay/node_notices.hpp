// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "run/records/report.hpp"

namespace tusk::relay {

// The notices of a node's ranks for rank 0, of which as many come from a node of two workers as
// from one of a hundred: one of all parts of a checkpoint, when the last is written or has failed;
// one of a signal to stop, whoever was sent it; one a second of wishes for a checkpoint.
class NodeNotices {
 public:
  // The node's ranks write so many parts of this checkpoint.
  void expect(std::uint64_t checkpoint, std::size_t parts);

  // What rank 0 is to be told, now that there is this one.
  std::optional<records::Report> add(const records::Report& notice);

 private:
  using Steady = std::chrono::steady_clock;

  std::optional<records::Report> add_part(const records::Report& notice);
  bool is_new_signal(std::uint64_t signal);

  records::Report parts_{};  // of the checkpoint that is being written
  std::size_t missing_ = 0;
  bool told_to_stop_ = false;
  std::optional<Steady::time_point> last_wish_;
};

}  // namespace tusk::relay
