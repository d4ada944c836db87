// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>

#include "data/datasets/dataset.hpp"
#include "data/datasets/rows.hpp"
#include "data/datasets/split.hpp"
#include "data/samples/label_format.hpp"
#include "data/samples/sample_source.hpp"
#include "run/training/job.hpp"

namespace tusk::training {

// Files of the experiment, with its features and labels.
datasets::Dataset open_dataset(const DataOptions& options, const FileList& files,
                               const mpi::Communicator* communicator = nullptr);

samples::LabelFormat label_format(const datasets::Dataset& dataset, const Job& job);

// Collective: `rows`, this rank's, of the training files, in memory or to be streamed. Either all
// ranks stream theirs or none does, by the largest one.
std::unique_ptr<samples::SampleSource> load_shard(const DataOptions& options,
                                                  const datasets::Dataset& train,
                                                  const datasets::Rows& rows, const Job& job,
                                                  std::uint64_t memory_limit,
                                                  const mpi::Communicator& world);

// What validates: rows of the training files or files of its own; null if nothing does.
std::unique_ptr<samples::SampleSource> load_validation(const DataOptions& options,
                                                       const datasets::Split& split, const Job& job,
                                                       std::uint64_t memory_limit);

// f·n partitions for the workers to claim. Error(bad_experiment) if there are not as many rows.
samples::Partitions make_partitions(const Experiment& experiment, const datasets::Split& split,
                                    const Job& job, std::uint64_t memory_limit);

}  // namespace tusk::training
