// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>

#include "net/formats/optimizer_state.hpp"

namespace tusk {
struct Experiment;
}

namespace tusk::graph {
class Model;
}

namespace tusk::worker {
class Worker;
}

namespace tusk::training {

struct Assembly;
struct Roles;

// What an optimizer remembers, from one model file to the next. That belongs to a model only where
// one optimizer has trained all of it: with `single`, and with rules whose workers take every step
// with their common gradient, as `sync_sgd`. With all others every worker has its own.

// Of model.file, for assemble(). Nothing without one, and where the rule or the optimizer is
// another, which is said. Error(bad_data) if it does not fit the model.
std::optional<formats::OptimizerState> read_optimizer_memory(const Experiment& experiment,
                                                             const graph::Model& model,
                                                             const Roles& roles);

// Gives a new worker what the assembly has of it; make_worker() calls it.
void restore_optimizer(const Assembly& assembly, worker::Worker& worker);

// How many arrays model.h5 will have of it beside each array that is trained.
std::size_t remembered_arrays(const Experiment& experiment);

// What model.h5 is to have of it, when the worker is done.
std::optional<formats::OptimizerState> optimizer_memory(const Assembly& assembly,
                                                        worker::Worker& worker);

}  // namespace tusk::training
