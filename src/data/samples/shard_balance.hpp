// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace tusk::mpi {
class Communicator;
}

namespace tusk::samples {

class SampleSource;

// Collective. Warns if the classes of some shard are distributed very differently from those of all
// shards together: if the total variation ½ Σ |p − q| exceeds by more than 0.2 what chance makes of
// small shards (0.4 √(classes/samples)); and if there are samples of every class but the first, as
// of labels that count from 1. Returns the largest total variation, the same on every rank; 0
// without classes. Ranks without samples join the call, and count for nothing.
double warn_of_uneven_shards(const SampleSource& shard, const mpi::Communicator& communicator);

}  // namespace tusk::samples
