// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <string>

#include "data/hdf5/dataset_name.hpp"

namespace tusk::cli {

// The check of an option that takes the name of a data set: refuses what cannot be one.
inline CLI::Validator dataset_name() {
  return {[](std::string& text) {
            return hdf5::can_name_dataset(text)
                       ? std::string()
                       : fmt::format("expected the name of a data set, got '{}'", text);
          },
          "NAME"};
}

}  // namespace tusk::cli
