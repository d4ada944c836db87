// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace tusk::options {

// Refuses a name in a model file, "package>name", that is of a program's own kind: Error(bad_data),
// "WHERE needs a program that has the loss 'name' of the package 'package'; this one has KNOWN".
// Returns if the name is none of a package. `what` it is: "loss", "layer", "transform".
void refuse_kind_of_package(std::string_view where, std::string_view what, std::string_view name,
                            std::string_view known);

}  // namespace tusk::options
