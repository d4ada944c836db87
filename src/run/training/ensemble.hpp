// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "experiment/experiment.hpp"
#include "run/records/summary.hpp"
#include "run/training/run.hpp"
#include "tusk/extensions.hpp"

namespace tusk::training {

// Collective. Trains the members of an ensemble, rank r of n the members r, r + n, …, each as
// `single` with a seed of its own, in RUN/members/NN/, and writes RUN/ensemble.json, which evaluate
// and predict take as a model. Nothing is written before every rank has its first member's model
// and data. The summary is complete on rank 0: the members' training and validation scores taken
// together, the test score of their mean, and why members stopped early. Throws
// mpi::CollectiveError.
records::Summary train_ensemble(const Experiment& experiment, const RunOptions& options,
                                const mpi::Communicator& world, const Extensions& extensions);

}  // namespace tusk::training
