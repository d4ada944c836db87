// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

namespace tusk::worker {

// How far a worker has come.
struct Position {
  std::uint32_t worker = 0;
  std::uint32_t epoch = 0;
  std::uint64_t step = 0;  // of this worker, from 1
};

// Throws Error(diverged): "worker 2: `what` became NaN or infinite in epoch 1, step 17; …".
[[noreturn]] void fail_diverged(const char* what, const Position& position);

// Calls fail_diverged() if one of the values is NaN or infinite. Costs one sweep over them.
void require_finite(std::span<const float> values, const char* what, const Position& position);
void require_finite(std::span<const double> values, const char* what, const Position& position);

}  // namespace tusk::worker
