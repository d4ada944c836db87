// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "data/datasets/dataset.hpp"
#include "data/datasets/rows.hpp"
#include "data/transforms/transforms.hpp"
#include "experiment/experiment.hpp"
#include "net/formats/model_file.hpp"
#include "tusk/extensions.hpp"

namespace tusk::mpi {
class Communicator;
}

namespace tusk::training {

// What transforms are made of.
struct TransformSources {
  const Experiment& experiment;
  const formats::ModelContent* origin;  // the model file that training goes on from; null: none
  const datasets::Dataset& train;
  const datasets::Rows& learn_from;
  const Extensions& extensions;
};

// Collective. The transforms of each array of the training files, with what is done to labels: the
// experiment's, which learn from these rows, or where it has none of its own, those of the model
// file. Throws mpi::CollectiveError (bad_experiment) if there are not as many data sets as the
// model has inputs or the lists do not fit these, and what transforms::fit_transforms throws. Part
// of assemble().
transforms::ArrayTransforms learn_transforms(const TransformSources& from,
                                             const mpi::Communicator& world);

}  // namespace tusk::training
