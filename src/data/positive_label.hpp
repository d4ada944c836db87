// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "fitting_samples.hpp"
#include "tusk/experiment/transform_options.hpp"

namespace tusk::data {

// Collective: the label of the positive class, which may be given by its name, in one pass over the
// training rows' labels. Throws mpi::CollectiveError: bad_experiment, which names the key, if there
// is no such class or none of these rows is of it.
double find_positive(const BinaryLabelTransform& options, const FittingSamples& samples);

}  // namespace tusk::data
