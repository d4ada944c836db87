// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "data/datasets/dataset.hpp"
#include "data/datasets/rows.hpp"
#include "data/datasets/split.hpp"
#include "data/samples/label_format.hpp"
#include "data/samples/partitions.hpp"
#include "data/samples/sample_source.hpp"

namespace tusk::mpi {
class Communicator;
}

namespace tusk::training {

struct Assembly;

// From open files to samples: the last step of assemble(), when everything but the samples is
// there. Throws what samples::Shard::read and samples::StreamedShard throw.

// What each array of labels of one of the experiment's files means to its model: that of all
// outputs, or of each its own.
samples::LabelFormats label_formats(const datasets::Dataset& dataset, const Assembly& assembly);

// The same of the training files, with the weights of classes that training has.
samples::LabelFormats training_formats(const Assembly& assembly);

// Collective: `rows`, this rank's, of the training files, in memory or to be streamed. Either all
// ranks stream theirs or none does, by the largest one.
std::unique_ptr<const samples::SampleSource> load_shard(const Assembly& assembly,
                                                        const datasets::Rows& rows,
                                                        const mpi::Communicator& world);

// What validates: rows of the training files or files of its own; null if nothing does.
std::unique_ptr<const samples::SampleSource> load_validation(const Assembly& assembly,
                                                             const datasets::Split& split);

// The first rows of the test files, a thousand at most; null if there are none, or if they exceed
// data.memory_limit.
std::unique_ptr<const samples::SampleSource> load_some_test_rows(const Assembly& assembly);

// f·n partitions for the workers to claim. Error(bad_experiment) if there are not as many rows.
samples::Partitions make_partitions(const Assembly& assembly, const datasets::Split& split);

}  // namespace tusk::training
