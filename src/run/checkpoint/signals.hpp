// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace tusk::checkpoint {

// While one of these lives, SIGUSR1, SIGTERM and SIGINT ask for a checkpoint and the end of the
// run, SIGUSR2 for a checkpoint alone: the first one is noted, and the workers see it at their
// gates. A second one to end the run ends the process at once, as if nobody had asked for the
// first. Of several objects the first counts, and the others change nothing.
class Signals {
 public:
  Signals();
  ~Signals();
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;

  // The number of the signal that ends the run, or 0.
  static int stop();

  // Whether SIGUSR2 has come since the last call.
  static bool take_wish();

  // As if the signal had come: another rank was sent it.
  static void note(int signal);
};

// "SIGTERM"
const char* name_of_signal(int signal);

}  // namespace tusk::checkpoint
