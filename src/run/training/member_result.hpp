// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "run/checkpoint/facts.hpp"
#include "run/records/summary.hpp"
#include "tusk/state.hpp"

namespace tusk::training {

// What an ensemble that goes on must know of a member that was trained before: result.state in the
// member's run directory.
struct MemberResult {
  std::string experiment;  // TOML, every default filled in
  std::vector<checkpoint::DataFile> files;
  records::Summary summary;  // what Members adds up of it

  void keep(State& state);
};

// Once the member is complete. Error(cannot_create, io_error).
void write_result(const std::filesystem::path& run_directory, MemberResult result);

// Whether there is one of a complete run.
bool has_result(const std::filesystem::path& run_directory);

// Error(bad_data) if it is damaged.
MemberResult read_result(const std::filesystem::path& run_directory);

}  // namespace tusk::training
