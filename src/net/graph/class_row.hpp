// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include "tusk/error.hpp"
#include "tusk/targets.hpp"

namespace tusk::graph {

// The row of sample `sample`'s class among `classes` outputs, for losses and metrics of classes.
// Error(bad_data) if there is none.
inline std::size_t class_row(const Targets& targets, std::size_t sample, std::size_t classes) {
  const std::int32_t label = targets.classes[sample];
  if (label < 0 || static_cast<std::size_t>(label) >= classes) {
    fail(ExitCode::bad_data, "label {} is not one of the model's {} classes, 0 to {}", label,
         classes, classes - 1);
  }
  return static_cast<std::size_t>(label);
}

}  // namespace tusk::graph
