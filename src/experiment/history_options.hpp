// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace tusk {

// The [history] table.
struct HistoryOptions {
  // Which steps of each worker, and which commits and pulls, stand in history.h5: "all",
  // "every:100", "none", or "auto": all, unless the run has more than 50 million steps, and then
  // every tenth, hundredth … (core/units.hpp)
  std::string steps = "auto";

  friend bool operator==(const HistoryOptions&, const HistoryOptions&) = default;
};

}  // namespace tusk
