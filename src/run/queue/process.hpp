// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace tusk::queue {

// A command as the words of its argv: no shell reads them.
using Words = std::vector<std::string>;
using Variables = std::vector<std::pair<std::string, std::string>>;

struct Finished {
  int code = 0;  // exit code; 128 + the signal that ended it
  std::string out;
  std::string err;
};

// Runs a program of the PATH to its end, with /dev/null as its stdin. Its environment is the one
// that this process was started with, and `more`: what MPI has added to ours since would have a
// job's own MPI take it for a part of this one. Error(no_input) if there is no such program here,
// Error(internal) if no process can be made.
Finished run(const Words& command, const Variables& more = {});

// Not for messages and names.
bool is_control(char c);

// The last line of a text that says something, without control characters: for messages of what
// another program has said.
std::string last_line(const std::string& text);

}  // namespace tusk::queue
