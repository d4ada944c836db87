// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "experiment/checkpoint_options.hpp"

namespace tusk::checkpoint {

// While one of these lives, the signals of checkpoint.stop_on ask for a checkpoint and the end of
// the run, those of checkpoint.write_on for a checkpoint alone: the first one is noted, and the
// workers see it at their gates. A second one to end the run ends the process at once, as if nobody
// had asked for the first. Of several objects the first counts, and the others change nothing.
class Signals {
 public:
  explicit Signals(const CheckpointOptions& options = {});
  ~Signals();
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;

  // Signals do again what they did before the first of the objects that there are, for all of them:
  // nobody can obey.
  static void give_up();

  // The number of the signal that ends the run, or 0.
  static int stop();

  // Whether one for a checkpoint alone has come since the last call.
  static bool take_wish();

  // As if the signal had come: another rank was sent it.
  static void note_stop(int signal);
  static void note_wish();
};

// "SIGTERM"
std::string_view name_of_signal(int signal);

}  // namespace tusk::checkpoint
