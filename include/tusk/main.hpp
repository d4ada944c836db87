// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tusk/extensions.hpp"

// The program `tusk` as a function: `int main(int argc, char** argv) { return tusk::main(argc,
// argv); }` is all of it. A program of your own that calls it has all of tusk's commands, and they
// know its extensions.
namespace tusk {

// Checks that the CPU has what the library was compiled for, starts MPI, runs the command that the
// arguments name on every rank, and reports errors: one line on stderr, "tusk: error: …", for the
// whole job. Returns the exit code, which the program's own `main` should return; an error of one
// rank that the others cannot know of ends all ranks at once, with its exit code, and does not
// return. Call it once, and nothing of MPI before or after.
//
// Codes: 0 done; 64 usage; 65 bad data or model; 66 no such input; 70 internal; 73 cannot create;
// 74 input or output; 78 bad experiment; 86 diverged.
int main(int argc, char** argv, const Extensions& extensions = {});

}  // namespace tusk
