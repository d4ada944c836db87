// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace tusk {

// Ends the process with one line and exit code 70 (internal) if the CPU lacks an instruction set
// that the rooms were compiled to use; with it in the program this happens before the static
// initializers of other files, too. tusk::main calls it, so that every program which calls
// tusk::main is linked with it.
void require_cpu();

}  // namespace tusk
