// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "experiment/data_options.hpp"

namespace tusk::datasets {

// A list of files with every pattern (*, ? and [a-z] in a path that is no file's) replaced by the
// files that match it, in the order of their names. Error(no_input) if none does,
// Error(bad_experiment) if a path occurs twice.
std::vector<std::string> find_files(const FileList& files);

}  // namespace tusk::datasets
