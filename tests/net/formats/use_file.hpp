// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace tusk::test {

// Everything that the program makes of an HDF5 file, whatever it holds. Each part is tried, also if
// one before it failed; then the first Error is thrown.
void use_file(const std::string& path);

}  // namespace tusk::test
