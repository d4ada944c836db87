// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace tusk::mpi {
class Communicator;
}

namespace tusk::samples {

class SampleSource;

// Collective. Warns if samples to validate or test with are samples to train on, too: if a tenth of
// them are, to the last bit, as the model sees them. Looked at are a thousand of rank 0's others,
// evenly spread, and 20,000 of each rank's training samples, or fewer where they are
// large; what is found is put in proportion. Samples of few different kinds say nothing: where a
// tenth of the others repeat one another, there is no warning. Returns the share, the same on every
// rank; 0 if there is nothing to say. `others` may be null, on rank 0, too; `kind`: what they are
// called, "validation" or "test".
double warn_of_shared_rows(const SampleSource& shard, const SampleSource* others,
                           std::string_view kind, const mpi::Communicator& communicator);

}  // namespace tusk::samples
