// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace tusk::mpi {
class Communicator;
}

namespace tusk::samples {

class SampleSource;

// Collective. Warns if the classes of some shard are distributed very differently from those of all
// shards together: total variation ½ Σ |p − q| over 0.2 beyond what chance makes of small shards
// (0.4 √(classes/samples)). Returns the largest one, the same on every rank; 0 without classes.
// Ranks without samples take part only in the call.
double warn_of_uneven_shards(const SampleSource& shard, const mpi::Communicator& communicator);

}  // namespace tusk::samples
