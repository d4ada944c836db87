// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "data/transforms/fitting_samples.hpp"
#include "experiment/transform_options.hpp"

namespace tusk::transforms {

// Collective: the label of the positive class, which may be given by its name, in one pass over the
// training rows' labels. Throws mpi::CollectiveError: bad_experiment, which names the key, if there
// is no such class or none of these rows is of it.
double find_positive(const BinaryLabelTransform& options, const FittingSamples& samples);

}  // namespace tusk::transforms
