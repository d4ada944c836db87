// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>

#include "tusk/data/dataset.hpp"
#include "tusk/data/label_format.hpp"
#include "tusk/data/rows.hpp"
#include "tusk/data/sample_source.hpp"
#include "tusk/data/split.hpp"
#include "tusk/training/job.hpp"

namespace tusk::training {

// Files of the experiment, with its features and labels.
data::Dataset open_dataset(const DataOptions& options, const FileList& files,
                           const mpi::Communicator* communicator = nullptr);

data::LabelFormat label_format(const data::Dataset& dataset, const Job& job);

// Collective: `rows`, this rank's, of the training files, in memory or to be streamed. Either all
// ranks stream theirs or none does, by the largest one.
std::unique_ptr<data::SampleSource> load_shard(const DataOptions& options,
                                               const data::Dataset& train, const data::Rows& rows,
                                               const Job& job, std::uint64_t memory_limit,
                                               const mpi::Communicator& world);

// What validates: rows of the training files or files of its own; null if nothing does.
std::unique_ptr<data::SampleSource> load_validation(const DataOptions& options,
                                                    const data::Split& split, const Job& job,
                                                    std::uint64_t memory_limit);

// f·n partitions for the workers to claim. Error(bad_experiment) if there are not as many rows.
Partitions make_partitions(const Experiment& experiment, const data::Split& split, const Job& job,
                           std::uint64_t memory_limit);

}  // namespace tusk::training
