// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "data/datasets/rows.hpp"
#include "data/datasets/split.hpp"

namespace tusk {
struct Experiment;
}

namespace tusk::mpi {
class Communicator;
}

namespace tusk::training {

struct Assembly;

// What the experiment says of how much samples count (data/samples/sample_weights.hpp says what
// becomes of it). Parts of assemble(), when files are open and the model is made.

// What the sums of the samples' weights are called in logs: nothing without weights, "weight_sum",
// or, where outputs weigh samples apart, "NAME_weight_sum" of each output.
std::vector<std::string> weight_names(const Assembly& assembly);

// Collective, and nothing without data.sample_weight. Looks at the weights of the rows that train,
// validate and test, once. Throws mpi::CollectiveError (bad_data) if one is not finite or those of
// a file are all 0. `warns`: of negative ones, in one line.
void check_sample_weights(const Assembly& assembly, const datasets::Split& split,
                          const datasets::Rows& training, bool warns,
                          const mpi::Communicator& world);

// Collective. The weights of classes for each array of labels, by class index: those that
// model.class_weight names (or, where outputs have labels of their own, the output's class_weight),
// or those that balance the classes among the rows that train, whichever rank trains them; empty
// without. Throws mpi::CollectiveError (bad_experiment) if there is no such class, or the loss is
// not one of classes.
std::vector<std::vector<double>> find_class_weights(const Assembly& assembly,
                                                    const datasets::Rows& training,
                                                    const mpi::Communicator& world);

}  // namespace tusk::training
