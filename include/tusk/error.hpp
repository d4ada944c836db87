// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fmt/format.h>

#include <stdexcept>
#include <string>
#include <utility>

namespace tusk {

// The exit codes of the program (sysexits.h where it has one). They are part of the user interface.
enum class ExitCode : int {
  done = 0,
  usage = 64,           // the command line is wrong
  bad_data = 65,        // a data set or model is malformed
  no_input = 66,        // an input file does not exist or cannot be opened
  internal = 70,        // a bug in Tusk, or a machine that breaks its promises
  cannot_create = 73,   // an output cannot be created
  io_error = 74,        // reading or writing failed, disk full
  bad_experiment = 78,  // the experiment file is wrong
  requeue = 85,         // stopped by a signal or time limit, checkpoint written
  diverged = 86,        // NaN or Inf in the training
  stalled = 87,         // no progress
};

// The one exception of Tusk. `what()` is one line for the user, without "tusk: error:": it names
// the file, key or data set, says what is wrong with it and what would be right.
class Error : public std::runtime_error {
 public:
  Error(ExitCode code, const std::string& message) : std::runtime_error(message), code_(code) {}
  ExitCode code() const { return code_; }

 private:
  ExitCode code_;
};

// Throws Error with a message formatted by fmt: fail(ExitCode::bad_data, "{}: …", path).
template <typename... Args>
[[noreturn]] void fail(ExitCode code, fmt::format_string<Args...> format, Args&&... args) {
  throw Error(code, fmt::format(format, std::forward<Args>(args)...));
}

}  // namespace tusk
