// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "experiment/data_options.hpp"

namespace tusk::datasets {

// The paths that a list of files comes to: itself, but in place of a pattern (*, ? and [a-z] in a
// path that is no file's) the files that match it, in the order of their names. Error(no_input) if
// none does, Error(bad_experiment) if a path occurs twice.
std::vector<std::string> find_files(const FileList& files);

}  // namespace tusk::datasets
