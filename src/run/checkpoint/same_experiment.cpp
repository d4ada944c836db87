// SPDX-License-Identifier: Apache-2.0
#include "run/checkpoint/same_experiment.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>

#include "experiment/flat_options.hpp"
#include "experiment/write_experiment.hpp"
#include "tusk/error.hpp"

namespace tusk::checkpoint {
std::string differences(const std::string& before, const std::string& now) {
  const auto old_options = experiment::flat_options(before);
  const auto new_options = experiment::flat_options(now);
  std::set<std::string> keys;
  for (const auto& [key, value] : old_options) keys.insert(key);
  for (const auto& [key, value] : new_options) keys.insert(key);
  const auto find = [](const auto& options, const std::string& key) -> std::string {
    const auto found = options.find(key);
    return found == options.end() ? "not given" : found->second;
  };
  std::string text;
  for (const std::string& key : keys) {
    const std::string was = find(old_options, key);
    const std::string is = find(new_options, key);
    if (was != is)
      text += fmt::format("{}{} was {}, is {}", text.empty() ? "" : "; ", key, was, is);
  }
  return text;
}

void check_same_experiment(const Experiment& before, const Experiment& now, const Facts& facts,
                           const std::string& where) {
  if (now.trainer.epochs < before.trainer.epochs) {
    fail(ExitCode::bad_experiment,
         "{} is of a run of {} epochs: trainer.epochs may grow when it goes on, but is {}", where,
         before.trainer.epochs, now.trainer.epochs);
  }
  const bool some_finished =
      std::ranges::any_of(facts.finished, [](std::uint8_t worker) { return worker != 0; });
  if (now.trainer.epochs > before.trainer.epochs && some_finished) {
    fail(ExitCode::bad_experiment,
         "{} is of a run of {} epochs that some of its workers have finished: trainer.epochs "
         "cannot be {} any more",
         where, before.trainer.epochs, now.trainer.epochs);
  }
  Experiment same = now;  // with what may differ as it was
  same.trainer.epochs = before.trainer.epochs;
  same.trainer.threads = before.trainer.threads;
  same.callbacks = before.callbacks;
  same.checkpoint = before.checkpoint;
  same.debug = before.debug;
  same.server.stall_warning = before.server.stall_warning;
  same.server.stall_abort = before.server.stall_abort;
  if (!facts.simulated) same.server.ranks_per_node = before.server.ranks_per_node;  // Regroup
  same.data.train = before.data.train;  // check_files() looks at what is in them
  same.data.test = before.data.test;
  if (now.data.validation.has_value() == before.data.validation.has_value()) {
    same.data.validation = before.data.validation;
  }
  if (!now.data.memory_limit) same.data.memory_limit = before.data.memory_limit;
  const std::string text = differences(experiment::to_toml(before), experiment::to_toml(same));
  if (text.empty()) return;
  fail(ExitCode::bad_experiment,
       "{} is of another experiment: {}; --run-dir begins a run of its own", where, text);
}

}  // namespace tusk::checkpoint
