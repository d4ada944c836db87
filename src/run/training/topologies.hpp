// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "run/training/run.hpp"

namespace tusk::training {

// How the workers of a run train together, for each topology: rank 0 begins the run, the workers
// are made and train, and rank 0 takes the model. The outcome is rank 0's; the others' is empty.

// Server and worker in one process, without messages: rank 0's form of every trainer when it is
// alone. Not collective; other ranks return at once.
Outcome run_in_process(const Run& run);

// Collective. Rank 0 serves, and the first ranks after it do if the center has several shards; the
// others work.
Outcome run_with_server(const Run& run);

// Collective. Every rank works, rank 0 coordinates as well.
Outcome run_with_peers(const Run& run);

}  // namespace tusk::training
