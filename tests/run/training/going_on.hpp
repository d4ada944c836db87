// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <numeric>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "data/hdf5/file.hpp"
#include "net/formats/model_file.hpp"
#include "run/checkpoint/folder.hpp"
#include "run/training/history_column.hpp"

// What a run that was resumed must have in common with the one that it goes on with: everything.
namespace tusk::test {

// metrics.jsonl, without what a real clock has measured unless `times`.
inline std::vector<nlohmann::json> metrics_of(const std::string& directory, bool times) {
  std::vector<nlohmann::json> lines;
  std::ifstream file(directory + "/metrics.jsonl");
  std::string line;
  while (std::getline(file, line)) {
    lines.push_back(nlohmann::json::parse(line));
    if (times) continue;
    lines.back().erase("time_s");
    lines.back().erase("samples_per_s");
  }
  return lines;
}

// The rows of a group of the history, a column a data set. Reports of several ranks arrive in an
// order that nobody repeats: `sorted` puts the rows in one that does not depend on it.
inline std::map<std::string, std::vector<double>> rows_of(const std::string& directory,
                                                          const std::string& group, bool sorted) {
  std::map<std::string, std::vector<double>> columns;
  for (const hdf5::File& history : history_files(directory, group)) {
    for (const std::string& name : history.dataset_names()) {
      if (!name.starts_with(group + "/")) continue;
      const std::vector<double> part = column_of<double>(history, name);
      columns[name].insert(columns[name].end(), part.begin(), part.end());
    }
  }
  const std::size_t rows = columns.empty() ? 0 : columns.begin()->second.size();
  if (!sorted) return columns;
  std::vector<std::size_t> order(rows);
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto& worker = columns.at(group + "/worker");
  const std::map<std::string, std::string> numbers{
      {"steps", "step"}, {"commits", "ticket"}, {"shards", "commit"}, {"pulls", "steps"}};
  const auto& number = columns.at(group + "/" + numbers.at(group));
  std::ranges::stable_sort(order, {},
                           [&](std::size_t i) { return std::pair(worker[i], number[i]); });
  for (auto& [name, values] : columns) {
    std::vector<double> in_order;
    for (const std::size_t i : order) in_order.push_back(values[i]);
    values = in_order;
  }
  return columns;
}

// Checks that two runs have left the same model, metrics and history, to the last bit. With
// `simulated` in the same order and at the same times, too.
inline void check_same_runs(const std::string& one, const std::string& other, bool simulated) {
  const auto weights = formats::load_model(one + "/model.h5", {}).weights;
  const auto other_weights = formats::load_model(other + "/model.h5", {}).weights;
  CHECK(weights == other_weights);
  CHECK(metrics_of(one, simulated) == metrics_of(other, simulated));
  for (const char* group : {"steps", "commits", "shards", "pulls", "merges", "nodes", "sums"}) {
    const bool of_relays = std::string_view("merges nodes sums").find(group) != std::string::npos;
    if (!simulated && of_relays) continue;
    auto rows = rows_of(one, group, !simulated);
    auto other_rows = rows_of(other, group, !simulated);
    if (!simulated) rows.erase(std::string(group) + "/time_s");
    if (!simulated) other_rows.erase(std::string(group) + "/time_s");
    CHECK(rows.size() == other_rows.size());
    for (const auto& [name, values] : rows) CHECK_MESSAGE(values == other_rows[name], name);
  }
}

inline std::vector<std::filesystem::path> checkpoints_of(const std::string& directory) {
  return checkpoint::Folder(directory).list();
}

}  // namespace tusk::test
