// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include "run/coordinator/coordinator.hpp"
#include "run/training/assembly.hpp"

namespace tusk::training {

// How many of the numbers at the end of a center are statistics.
std::size_t statistics_of_center(const Assembly& assembly);

// A whole model of a copy of the center: what is frozen is as it was. `assembly` must outlive it.
coordinator::Coordinator::Snapshot with_what_is_frozen(const Assembly& assembly,
                                                       coordinator::Coordinator::Snapshot center);

// How reports of workers with this model are to be read.
records::Scoring scoring_of(const graph::Model& model);

}  // namespace tusk::training
