// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "tusk/data/split.hpp"
#include "tusk/experiment/experiment.hpp"
#include "tusk/training/summary.hpp"
#include "tusk/training/train.hpp"

namespace tusk::training {

// The rows that a member of an ensemble is trained on, ascending: all of them, as many drawn with
// replacement, or its shard. `split` is common to all members, so that none has seen what validates
// the others.
std::vector<std::uint64_t> member_rows(const data::Split& split, const Member& member);

// Collective. Trains the members of an ensemble, rank r of n the members r, r + n, …, each as
// `single` with a seed of its own, in RUN/members/NN/, and writes RUN/ensemble.json, which evaluate
// and predict take as a model. The summary is complete on rank 0: the members' training and
// validation scores taken together, and the test score of their mean. Throws mpi::CollectiveError.
Summary train_ensemble(const Experiment& experiment, const TrainRequest& request,
                       const mpi::Communicator& world);

}  // namespace tusk::training
