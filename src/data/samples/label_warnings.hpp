// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <limits>
#include <span>
#include <string>

namespace tusk::mpi {
class Communicator;
}

namespace tusk::samples {

class SampleSource;

// What an output of a model can be, by the activation that it ends in.
struct Reach {
  std::string activation = {};  // empty: any number
  double low = -std::numeric_limits<double>::infinity();
  double high = std::numeric_limits<double>::infinity();
};

// Collective. Warns of labels that nothing is learnt from, those that are the same in every
// training row, and of numbers that their output cannot reach, as -3 where it ends in "sigmoid".
// `reaches`: of each array of labels, the same on every rank. Ranks without samples join the call,
// and count for nothing. Assembly calls it once the shards are loaded.
void warn_of_labels(const SampleSource& shard, std::span<const Reach> reaches,
                    const mpi::Communicator& communicator);

}  // namespace tusk::samples
