// SPDX-License-Identifier: Apache-2.0
#include "net/formats/read_ensemble.hpp"

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "tusk/error.hpp"

namespace tusk::formats {

std::vector<std::string> read_ensemble(const std::string& path) {
  std::ifstream in(path);
  if (!in) fail(ExitCode::no_input, "{}: cannot be opened", path);
  const auto json = nlohmann::json::parse(in, nullptr, false);
  const auto members = json.is_object() ? json.find("members") : json.end();
  std::vector<std::string> paths;
  if (members != json.end() && members->is_array()) {
    for (const auto& member : *members) {
      if (!member.is_string()) break;
      paths.push_back(
          (std::filesystem::path(path).parent_path() / member.get<std::string>()).string());
    }
  }
  if (paths.empty() || paths.size() != members->size()) {
    fail(ExitCode::bad_data, "{}: not an ensemble's manifest, which has model files as \"members\"",
         path);
  }
  return paths;
}

}  // namespace tusk::formats
