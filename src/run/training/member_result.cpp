// SPDX-License-Identifier: Apache-2.0
#include "run/training/member_result.hpp"

#include <system_error>

#include "run/checkpoint/state_file.hpp"

namespace tusk::training {
namespace {

std::filesystem::path result_file(const std::filesystem::path& run_directory) {
  return run_directory / "result.state";
}

}  // namespace

void MemberResult::keep(State& state) {
  state("experiment", experiment);
  state.list("files", files, [](State& part, checkpoint::DataFile& file) { file.keep(part); });
  const auto keep_name = [](State& part, std::string& name) { part("name", name); };
  state.list("metrics", summary.metric_names, keep_name);
  state.list("weight_sums", summary.weight_names, keep_name);
  state("epochs", summary.epochs);
  state("elapsed_s", summary.elapsed_s);
  state("last_epoch", summary.last_epoch);
  state("stop_reason", summary.stop_reason);
  state("time", summary.time);
  state("ledger", summary.ledger);
  state("checkpoints", summary.checkpoints);
}

void write_result(const std::filesystem::path& run_directory, MemberResult result) {
  checkpoint::write_state_file(result_file(run_directory),
                               State::written([&](State& state) { result.keep(state); }));
}

bool has_result(const std::filesystem::path& run_directory) {
  std::error_code error;
  return std::filesystem::exists(run_directory / "summary.json", error) &&
         std::filesystem::exists(result_file(run_directory), error);
}

MemberResult read_result(const std::filesystem::path& run_directory) {
  const std::filesystem::path file = result_file(run_directory);
  const std::vector<std::byte> bytes = checkpoint::read_state_file(file);
  State state(bytes, file.string());
  MemberResult result;
  result.keep(state);
  state.finish();
  return result;
}

}  // namespace tusk::training
