// SPDX-License-Identifier: Apache-2.0
#include "run/training/optimizer_memory.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>

#include "core/log.hpp"
#include "net/formats/model_file.hpp"
#include "run/training/assembly.hpp"
#include "run/worker/worker.hpp"
#include "tusk/error.hpp"

namespace tusk::training {
namespace {

bool has_one_optimizer(const Experiment& experiment) {
  const RuleTraits& traits = tusk::traits(experiment.trainer.strategy);
  return traits.topology == Topology::sequential || traits.shares_gradients;
}

}  // namespace

std::optional<formats::OptimizerState> read_optimizer_memory(const Experiment& experiment,
                                                             const graph::Model& model,
                                                             const Roles& roles) {
  if (!experiment.model.file) return std::nullopt;
  if (!experiment.model.replace.empty() || !experiment.model.layers.empty()) {
    return std::nullopt;  // it is about other parameters
  }
  std::string reason;
  auto state =
      formats::load_optimizer_state(*experiment.model.file, experiment.optimizer, model, reason);
  if (state && roles.simulated) {
    state.reset();
    reason = "simulations begin with a new one";
  } else if (state && !has_one_optimizer(experiment)) {
    state.reset();
    reason = fmt::format("with trainer '{}' every worker has its own",
                         name_of_rule(experiment.trainer.strategy));
  }
  if (!reason.empty()) {
    info("{}: what the optimizer remembers there is not used: {}", *experiment.model.file, reason);
  }
  return state;
}

void restore_optimizer(const Assembly& assembly, worker::Worker& worker) {
  if (!assembly.optimizer_state) return;
  const formats::OptimizerState& kept = *assembly.optimizer_state;
  const std::vector<optim::StateArray> arrays = worker.optimizer().state();
  if (arrays.size() != kept.pieces.size()) {
    fail(ExitCode::internal, "the optimizer remembers {} arrays, not {}", arrays.size(),
         kept.pieces.size());
  }
  for (std::size_t i = 0; i < arrays.size(); ++i) {
    const formats::OptimizerState::Piece& piece = kept.pieces[i];
    if (arrays[i].name != piece.name || arrays[i].values.size() != piece.values.size()) {
      fail(ExitCode::internal, "the optimizer remembers '{}' as array {}, not '{}'", arrays[i].name,
           i, piece.name);
    }
    std::ranges::copy(piece.values, arrays[i].values.begin());
  }
  worker.begin_at(kept.iterations);
}

std::size_t remembered_arrays(const Experiment& experiment) {
  if (!has_one_optimizer(experiment)) return 0;
  const auto state = formats::empty_state(experiment.optimizer, 1);
  return state ? state->pieces.size() : 0;
}

std::optional<formats::OptimizerState> optimizer_memory(const Assembly& assembly,
                                                        worker::Worker& worker) {
  const OptimizerOptions& options = assembly.experiment.optimizer;
  if (!has_one_optimizer(assembly.experiment)) return std::nullopt;
  auto state = formats::empty_state(options, worker.optimizer().size());
  if (!state) return std::nullopt;
  state->iterations = worker.optimizer().iterations();
  state->learning_rate = worker.optimizer().learning_rate();
  state->pieces.clear();
  for (const optim::StateArray& array : worker.optimizer().state()) {
    state->pieces.push_back({array.name, {array.values.begin(), array.values.end()}});
  }
  return state;
}

}  // namespace tusk::training
