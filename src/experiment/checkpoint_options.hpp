// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <vector>

#include "tusk/named.hpp"

namespace tusk {

enum class SignalKind { hangup, interrupt, terminate, user1, user2, cpu_limit };

constexpr auto names_of(SignalKind) {
  return std::to_array<Named<SignalKind>>({{"SIGHUP", SignalKind::hangup},
                                           {"SIGINT", SignalKind::interrupt},
                                           {"SIGTERM", SignalKind::terminate},
                                           {"SIGUSR1", SignalKind::user1},
                                           {"SIGUSR2", SignalKind::user2},
                                           {"SIGXCPU", SignalKind::cpu_limit}});
}

// The [checkpoint] table.
struct CheckpointOptions {
  std::string every =
      "15m";             // "90s", "15m", "2h", "500 steps", "1 epoch", "never" (core/units.hpp)
  std::size_t keep = 2;  // how many checkpoints there are at most

  // The signals that end the run with a checkpoint, and those that ask for one alone
  // if they are not among the former.
  std::vector<SignalKind> stop_on{SignalKind::user1, SignalKind::terminate, SignalKind::interrupt};
  std::vector<SignalKind> write_on{SignalKind::user2};

  friend bool operator==(const CheckpointOptions&, const CheckpointOptions&) = default;
};

}  // namespace tusk
